import { type PublishedStockEvent, decodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { readCommitted } from './readCommitted.ts';

/**
 * Reads every committed stock event, as a downstream service would, and counts. Per stock item the
 * sequence has to go up by one: what is missing, doubled or out of order is a break.
 */
export class OutcomeReader {
  granted = 0;
  refused = 0;
  events = 0;
  breaks = 0;
  /** Of the breaks: events whose sequence was read before. */
  doubled = 0;
  /** When the latest event was read, by `performance.now()`. */
  lastAt = 0;
  failure: Error | undefined;
  readonly #sequences = new Map<string, number>();
  readonly #onEvent: (event: PublishedStockEvent) => void;
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor(onEvent: (event: PublishedStockEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Starts to read from the beginning. `onEvent` is called for each event, in order per SKU. */
  static async open(
    installation: BenchInstallation,
    onEvent: (event: PublishedStockEvent) => void = () => undefined,
  ): Promise<OutcomeReader> {
    const reader = new OutcomeReader(onEvent);
    reader.#close = await readCommitted(
      installation,
      'stockEvents',
      (value) => reader.#take(decodeStockEvent(value)),
      (error) => (reader.failure = error),
    );
    return reader;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #take(event: PublishedStockEvent): void {
    this.lastAt = performance.now();
    this.events++;
    if (event.kind === 'StockReserved') this.granted++;
    else if (event.kind === 'CommandRejected') this.refused++;
    const item = `${event.sku}\n${event.location}`;
    const expected = (this.#sequences.get(item) ?? 0) + 1;
    if (event.sequence !== expected) this.breaks++;
    if (event.sequence < expected) this.doubled++;
    else this.#sequences.set(item, event.sequence);
    this.#onEvent(event);
  }
}
