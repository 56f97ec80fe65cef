import { expect } from 'chai';

/** What a sender knows of its records, by the id of what they carry. */
export class SendTally {
  readonly #tries = new Map<string, number>();
  readonly #resolved = new Map<string, number>();

  /** A send of these was begun. */
  tried(ids: readonly string[]): void {
    for (const id of ids) this.#tries.set(id, (this.#tries.get(id) ?? 0) + 1);
  }

  /** It said that Kafka has them. */
  resolved(ids: readonly string[]): void {
    for (const id of ids) this.#resolved.set(id, (this.#resolved.get(id) ?? 0) + 1);
  }

  /**
   * Each resolved send is in the log once, and nothing else is but what a failed one may have
   * left. `inLog`: how often each id is there, of all senders.
   */
  expectIn(inLog: ReadonlyMap<string, number>): void {
    const wrong: string[] = [];
    for (const [id, tries] of this.#tries) {
      const found = inLog.get(id) ?? 0;
      const resolved = this.#resolved.get(id) ?? 0;
      if (found < resolved) wrong.push(`${id}: resolved ${resolved}, in the log ${found}`);
      if (found > tries) wrong.push(`${id}: sent ${tries}, in the log ${found}`);
    }
    expect(wrong.slice(0, 5), `${wrong.length} of ${this.#tries.size} ids`).to.deep.equal([]);
  }
}
