/** For so long nobody need ask: in a shorter time no topic is replaced, and no broker restored. */
const restMsMax = 400;

/**
 * Knows of which partitions it is certain that they are still the log that was claimed. Whoever
 * fetches is told when the topic is deleted; but while nobody fetches (the process stood still, or
 * the partition was paused), or while the broker is away, it may be deleted and created again, or
 * cut back, and be filled past our position. Times are those of a monotonic clock, in ms.
 */
export class LogContinuity {
  readonly #fetchWaitMsMax: number;
  /** When the last fetch began or was answered. */
  #fetchedAt = 0;
  /** When fetching went on after a rest. */
  #wentOnAt = 0;
  readonly #pausedAt = new Map<number, number>();
  readonly #resumedAt = new Map<number, number>();
  readonly #confirmedAt = new Map<number, number>();

  /** `fetchWaitMsMax`: for so long the broker holds a fetch for which there is nothing yet. */
  constructor(fetchWaitMsMax: number) {
    this.#fetchWaitMsMax = fetchWaitMsMax;
  }

  fetching(now: number): void {
    if (now - this.#fetchedAt > restMsMax) this.#wentOnAt = now;
    this.#fetchedAt = now;
  }

  /** A fetch was answered, that much later. Too late, and its broker may have been away. */
  answered(now: number, durationMs: number): void {
    if (durationMs > this.#fetchWaitMsMax + restMsMax) this.failed(now);
    this.#fetchedAt = now;
  }

  /** A fetch has failed: its broker was away, or the partition has a new leader. */
  failed(now: number): void {
    this.#wentOnAt = now;
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
