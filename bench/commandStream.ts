import { seededRandom } from '../examples/demo/seededRandom.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import type { TimedCommand } from '../src/domain/foldBatch.ts';

/** Orders that are reserved and wait for their payment, in the steady state of the stream. */
const OPEN_ORDERS = 5000;

/** One for all strings: what a buffer for each would leave behind is not the core's garbage. */
const bytes = Buffer.alloc(256);

/** An endless log of commands: 10 % receive, 45 % reserve, 30 % confirm, 15 % release. */
export class CommandStream {
  readonly #skus: number;
  readonly #open: { sku: string; orderId: string }[] = [];
  readonly #random = seededRandom(1);
  #count = 0;

  constructor(skus: number) {
    this.#skus = skus;
  }

  openingStock(): TimedCommand[] {
    return Array.from({ length: this.#skus }, (_, sku) =>
      this.#timed({ kind: 'ReceiveStock', quantity: 1_000_000, ...this.#head(nameOf(sku)) }),
    );
  }

  take(count: number): TimedCommand[] {
    return Array.from({ length: count }, () => this.#timed(this.#next()));
  }

  #next(): AskingCommand {
    const dice = this.#below(100);
    if (dice < 10) {
      const head = this.#head(nameOf(this.#below(this.#skus)));
      return { kind: 'ReceiveStock', quantity: 1 + this.#below(20), ...head };
    }
    const order = dice < 55 ? undefined : this.#open[0];
    if (!order || this.#open.length < OPEN_ORDERS) return this.#reserve();
    this.#open.shift();
    const head = this.#head(order.sku);
    const orderId = asDecoded(order.orderId);
    return dice < 85
      ? { kind: 'ConfirmReservation', orderId, quantity: null, ...head }
      : { kind: 'ReleaseReservation', orderId, quantity: null, reason: '', ...head };
  }

  #reserve(): AskingCommand {
    const sku = nameOf(this.#below(this.#skus));
    const orderId = `order-${100_000_000 + this.#count}`;
    this.#open.push({ sku, orderId });
    return {
      kind: 'ReserveStock',
      orderId: asDecoded(orderId),
      quantity: 1 + this.#below(4),
      minimum: null,
      expiresAt: null,
      ttlSeconds: null,
      ...this.#head(sku),
    };
  }

  #head(sku: string) {
    const commandId = `c0ffee00-0000-4000-8000-${100_000_000_000 + this.#count}`;
    return { commandId: asDecoded(commandId), sku: asDecoded(sku), location: asDecoded('main') };
  }

  #timed(command: AskingCommand): TimedCommand {
    return { command, time: 1_700_000_000_000 + this.#count++ };
  }

  /** A random number from 0 to limit − 1. */
  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

function nameOf(sku: number): string {
  return `SKU-${10_000 + sku}`;
}

/** A string of its own, as a decoder hands it over: no two commands share one in memory. */
function asDecoded(text: string): string {
  return bytes.toString('latin1', 0, bytes.write(text, 'latin1'));
}
