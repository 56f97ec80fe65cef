import {
  type PublishedOrderVerdict,
  decodeOrderStockEvent,
} from '../src/messaging/orderStockEventCodec.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { readCommitted } from './readCommitted.ts';

/** Reads every committed verdict, as an order service would, and counts. */
export class OrderVerdictReader {
  granted = 0;
  refused = 0;
  events = 0;
  /** Verdicts beyond the first of an order, and such as no order here should get. */
  surplus = 0;
  /** When the latest verdict was read, by `performance.now()`. */
  lastAt = 0;
  failure: Error | undefined;
  readonly #orders = new Set<string>();
  readonly #onVerdict: (verdict: PublishedOrderVerdict) => void;
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor(onVerdict: (verdict: PublishedOrderVerdict) => void) {
    this.#onVerdict = onVerdict;
  }

  /** Starts to read from the beginning. `onVerdict` is called for each, in order per order. */
  static async open(
    installation: BenchInstallation,
    onVerdict: (verdict: PublishedOrderVerdict) => void = () => undefined,
  ): Promise<OrderVerdictReader> {
    const reader = new OrderVerdictReader(onVerdict);
    reader.#close = await readCommitted(
      installation,
      'orderStock',
      (value) => reader.#take(decodeOrderStockEvent(value)),
      (error) => (reader.failure = error),
    );
    return reader;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #take(verdict: PublishedOrderVerdict): void {
    this.lastAt = performance.now();
    this.events++;
    const { kind, orderId } = verdict;
    if (kind === 'OrderStockReserved') this.granted++;
    else if (kind === 'OrderStockRejected') this.refused++;
    else this.surplus++;
    if (this.#orders.has(orderId)) this.surplus++;
    this.#orders.add(orderId);
    this.#onVerdict(verdict);
  }
}
