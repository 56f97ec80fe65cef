/** Twice as long as an open fetch waits for records. */
const restMsMax = 400;

/**
 * Knows of which partitions it is certain that they are still the log that was claimed. Whoever
 * fetches is told when the topic is deleted; but while nobody fetches (the process stood still, or
 * the partition was paused) it may be deleted, created again and filled past our position. Times
 * are those of a monotonic clock, in ms.
 */
export class LogContinuity {
  #fetchedAt = 0;
  /** When fetching went on after a rest. */
  #wentOnAt = 0;
  readonly #pausedAt = new Map<number, number>();
  readonly #resumedAt = new Map<number, number>();
  readonly #confirmedAt = new Map<number, number>();

  fetching(now: number): void {
    if (now - this.#fetchedAt > restMsMax) this.#wentOnAt = now;
    this.#fetchedAt = now;
  }

  paused(partition: number, now: number): void {
    if (!this.#pausedAt.has(partition)) this.#pausedAt.set(partition, now);
  }

  resumed(partition: number, now: number): void {
    if (now - (this.#pausedAt.get(partition) ?? now) > restMsMax) {
      this.#resumedAt.set(partition, now);
    }
    this.#pausedAt.delete(partition);
  }

  /** The topic was asked for, after what is to be believed was fetched. */
  confirmed(partition: number, now: number): void {
    this.#confirmedAt.set(partition, now);
  }

  isCertain(partition: number): boolean {
    const confirmedAt = this.#confirmedAt.get(partition) ?? -1;
    return confirmedAt >= Math.max(this.#wentOnAt, this.#resumedAt.get(partition) ?? 0);
  }
}
