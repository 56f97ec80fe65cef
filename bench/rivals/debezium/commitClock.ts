import { Latencies, type LatencySummary } from '../../latencies.ts';

/**
 * Time from the answer to an event's commit until the event was read. Either may come first: who
 * reads the binlog does not wait for the committer's answer. That counts as no time.
 */
export class CommitClock {
  readonly #committedAt = new Map<number, number>();
  readonly #readBefore = new Set<number>();
  #latencies = new Latencies();

  committed(number: number): void {
    if (this.#readBefore.delete(number)) this.#latencies.record(0);
    else this.#committedAt.set(number, performance.now());
  }

  read(number: number): void {
    const since = this.#committedAt.get(number);
    if (since === undefined) this.#readBefore.add(number);
    else this.#latencies.record(performance.now() - since);
    this.#committedAt.delete(number);
  }

  /** Forgets the times so far. */
  restart(): void {
    this.#latencies = new Latencies();
  }

  summary(): LatencySummary {
    return this.#latencies.summary();
  }
}
