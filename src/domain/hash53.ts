/** Stands for null: neither a length nor the upper half of a safe integer. */
const NULL_WORD = 0x6e756c6c;

/** Two 32-bit multiply-xor hashes side by side (after cyrb53), 21 and 32 bits of which are kept. */
export class Hash53 {
  private high = 0xdeadbeef | 0;
  private low = 0x41c6ce57;

  /** The length goes in first, so that no two lists of texts read the same. */
  addText(text: string): void {
    this.addWord(text.length);
    let { high, low } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      high = Math.imul(high ^ code, 2654435761);
      low = Math.imul(low ^ code, 1597334677);
    }
    this.high = high;
    this.low = low;
  }

  addNumber(value: number | null): void {
    if (value === null) {
      this.addWord(NULL_WORD);
    } else if (Number.isSafeInteger(value)) {
      this.addWord(value | 0);
      this.addWord(Math.floor(value / 4294967296));
    } else {
      this.addText(String(value));
    }
  }

  value(): number {
    const { high, low } = this;
    const top =
      Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    const rest =
      Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(top ^ (top >>> 13), 3266489909);
    return 4294967296 * (2097151 & rest) + (top >>> 0);
  }

  private addWord(word: number): void {
    const high = Math.imul(this.high ^ word, 2654435761);
    const low = Math.imul(this.low ^ word, 1597334677);
    this.high = high ^ (high >>> 15);
    this.low = low ^ (low >>> 13);
  }
}
