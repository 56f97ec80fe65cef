/** Commits remembered at most; more than these are taken together. */
const commitsMax = 1000;

/** Since when the outbox rows of a lane wait to be published. Times are of any monotonic clock. */
export class UnpublishedAge {
  /** Commits that left rows behind, the oldest first. */
  readonly #commits: { sequence: number; at: number }[] = [];

  /** Rows up to a sequence were committed now. */
  committed(sequence: number, published: number | undefined, now: number): void {
    this.#drop(published);
    const last = this.#commits.at(-1);
    if (last && this.#commits.length >= commitsMax) last.sequence = sequence;
    else this.#commits.push({ sequence, at: now });
  }

  /** How long the oldest row waits that is not published, in the clock's unit; 0 when none does. */
  age(published: number | undefined, now: number): number {
    this.#drop(published);
    const [oldest] = this.#commits;
    return oldest ? now - oldest.at : 0;
  }

  #drop(published = -1): void {
    const waiting = this.#commits.findIndex(({ sequence }) => sequence > published);
    this.#commits.splice(0, waiting < 0 ? this.#commits.length : waiting);
  }
}
