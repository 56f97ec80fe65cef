/** What comes in batches, to be taken one by one with a look at what comes next. */
export class Lookahead<T> {
  readonly #batches: AsyncIterator<T[], void>;
  #buffer: T[] = [];
  #position = 0;
  #isAtEnd = false;

  constructor(batches: AsyncIterator<T[], void>) {
    this.#batches = batches;
  }

  /** The next one; undefined at the end, or when it has not been read yet: see `read`. */
  get next(): T | undefined {
    return this.#buffer[this.#position];
  }

  /** Passes over the next one. */
  skip(count = 1): void {
    this.#position += count;
  }

  /** Reads until so many are there, or all that are left. Says whether there is one at all. */
  async read(count = 1): Promise<boolean> {
    while (!this.#isAtEnd && this.#buffer.length - this.#position < count) {
      const { value, done } = await this.#batches.next();
      if (done) this.#isAtEnd = true;
      else if (this.#position === this.#buffer.length) this.#buffer = value;
      else this.#buffer = [...this.#buffer.slice(this.#position), ...value];
      if (!done) this.#position = 0;
    }
    return this.next !== undefined;
  }

  /** Up to so many of those that come next, without taking them. */
  async window(count: number): Promise<T[]> {
    await this.read(count);
    return this.#buffer.slice(this.#position, this.#position + count);
  }

  /** Reads to the end and says how many were left. */
  async drain(): Promise<number> {
    let count = 0;
    for (; await this.read(); count++) this.skip();
    return count;
  }
}
