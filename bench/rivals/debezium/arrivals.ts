import type { BenchInstallation } from '../../benchInstallation.ts';
import { readCommitted } from '../../readCommitted.ts';
import type { NumberedEvent } from './debeziumOutbox.ts';

/** Reads what a relay has sent, as a downstream service would, and keeps account of it. */
export class Arrivals {
  /** Different events that were read. */
  events = 0;
  /** Readings of events that had been read before. */
  doubled = 0;
  /** First readings that came after a later event of the same aggregate. */
  breaks = 0;
  /** When the first and the latest were read, by `performance.now()`. */
  firstAt = 0;
  lastAt = 0;
  failure: Error | undefined;
  /** Whether an event was read that only shows that a relay is at work. */
  isMarked = false;
  readonly #seen = new Set<number>();
  readonly #latest = new Map<string, number>();
  readonly #onEvent: (number: number) => void;
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor(onEvent: (number: number) => void) {
    this.#onEvent = onEvent;
  }

  static async open(
    at: BenchInstallation,
    onEvent: (number: number) => void = () => undefined,
  ): Promise<Arrivals> {
    const arrivals = new Arrivals(onEvent);
    arrivals.#close = await readCommitted(
      at,
      'stockEvents',
      (value) => arrivals.#take(value),
      (error) => (arrivals.failure = error),
    );
    return arrivals;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #take(value: Buffer | null): void {
    const { number, sku } = JSON.parse(String(value)) as NumberedEvent;
    if (number < 0) {
      this.isMarked = true;
      return;
    }
    this.lastAt = performance.now();
    this.firstAt ||= this.lastAt;
    if (this.#seen.has(number)) {
      this.doubled++;
      return;
    }
    this.#seen.add(number);
    this.events++;
    if (number < (this.#latest.get(sku) ?? 0)) this.breaks++;
    this.#latest.set(sku, number);
    this.#onEvent(number);
  }
}
