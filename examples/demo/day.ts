import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StockCommandProducer } from '../../producers/stockCommandProducer.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { AskingCommand } from '../../src/domain/commands.ts';
import { OperationalError } from '../../src/ops/errors.ts';
import type { Basket } from '../shop/shopOrder.ts';
import type { Invoice } from './invoice.ts';
import type { LiveView } from './liveView.ts';
import type { InvoicePlan } from './plan.ts';
import type { ShopClient } from './shopClient.ts';
import type { ShopWatch } from './shopWatch.ts';
import { Warehouse } from './warehouse.ts';

const lagMax = 150;
const customersAtOnce = 16;
const flashCustomersAtOnce = 60;
const silenceMsMax = 60_000;

/** Who takes part in a day, and who looks on. */
export interface DayContext {
  settings: Settings;
  logger: Logger;
  client: ShopClient;
  plan: InvoicePlan;
  /** Decides what the warehouse books by itself. */
  seed: number;
  watch: ShopWatch;
  view: Pick<LiveView, 'served'>;
}

/** What a day brings. */
export interface DayInput {
  /** Units to receive before the shop opens, by SKU. */
  stock: ReadonlyMap<string, number>;
  invoices: AsyncIterable<Invoice> | Iterable<Invoice>;
  /** How many invoices there are. */
  count: number;
  /** The flash sale, at noon. */
  flash: readonly Basket[];
}

/**
 * Receives the stock, and when it is on the shelves lets customers order, no faster than they are
 * answered. Ends when every order has come to its end.
 */
export async function runDay(context: DayContext, input: DayInput): Promise<void> {
  const { settings, logger, client, plan, watch, view } = context;
  const warehouse = new StockCommandProducer(settings, logger);
  await warehouse.connect();
  const bookings = new Warehouse(settings, logger, warehouse, context.seed);
  const shoppers = new Crowd(customersAtOnce);
  let flash: Promise<void> = Promise.resolve();
  try {
    await bookings.start();
    await warehouse.send(receipts(input.stock));
    await patiently(watch, 100, () => watch.stockItems >= input.stock.size);
    let seen = 0;
    for await (const invoice of input.invoices) {
      if (seen++ === Math.floor(input.count / 2)) flash = flashSale(context, input.flash);
      const { order, returns, writeOffs } = plan.take(invoice);
      await warehouse.send(writeOffs);
      await untilAnswered(watch);
      if (order) await shoppers.let(order.orderId, () => client.order(order));
      for (const goods of returns) {
        // Whoever brings goods back has been in the shop before.
        await shoppers.leave(goods.orderId);
        await shoppers.let(`${goods.orderId} ${goods.returnId}`, () => client.giveBack(goods));
      }
      view.served(1);
    }
    await shoppers.empty();
    await flash;
    await untilAtRest(watch);
  } finally {
    await flash.catch(() => undefined);
    await bookings.stop();
    await warehouse.disconnect();
  }
}

/** All at once, and nobody waits for the others' answers. */
async function flashSale({ client, view }: DayContext, baskets: readonly Basket[]): Promise<void> {
  const crowd = new Crowd(flashCustomersAtOnce);
  for (const basket of baskets) {
    await crowd.let(basket.orderId, () => client.order(basket));
    view.served(1);
  }
  await crowd.empty();
}

function receipts(stock: ReadonlyMap<string, number>): AskingCommand[] {
  return [...stock].map(([sku, quantity], index) => {
    const commandId = `receive-${index}`;
    return { kind: 'ReceiveStock', commandId, sku, location: 'main', quantity };
  });
}

/** People who do something at the same time, no more than so many. */
class Crowd {
  readonly #most: number;
  readonly #busy = new Map<string, Promise<void>>();
  #failure: unknown;

  constructor(most: number) {
    this.#most = most;
  }

  /** Lets somebody in as soon as there is room. */
  async let(name: string, act: () => Promise<void>): Promise<void> {
    while (this.#busy.size >= this.#most) await Promise.race(this.#busy.values());
    if (this.#failure !== undefined) throw this.#failure as Error;
    const acting = act()
      .catch((error: unknown) => (this.#failure ??= error))
      .then(() => void this.#busy.delete(name));
    this.#busy.set(name, acting);
  }

  /** Waits until this one is done. */
  async leave(name: string): Promise<void> {
    await this.#busy.get(name);
  }

  async empty(): Promise<void> {
    await Promise.all(this.#busy.values());
    if (this.#failure !== undefined) throw this.#failure as Error;
  }
}

async function untilAnswered(watch: ShopWatch): Promise<void> {
  await patiently(watch, 20, () => watch.lag <= lagMax);
}

async function untilAtRest(watch: ShopWatch): Promise<void> {
  // A look that began before the last order was placed could miss it.
  await watch.look();
  await patiently(watch, 100, () => watch.isAtRest);
}

async function patiently(watch: ShopWatch, pauseMs: number, done: () => boolean): Promise<void> {
  let seen = '';
  for (let since = Date.now(); !done(); await sleep(pauseMs)) {
    const now = JSON.stringify([watch.counts, watch.stockItems]);
    if (now !== seen) {
      seen = now;
      since = Date.now();
    } else if (Date.now() - since > silenceMsMax) throw stalled(watch);
  }
}

function stalled({ counts, failure }: ShopWatch): OperationalError {
  const waiting = Object.entries(counts).map(([name, n]) => `${name} ${n}`);
  return new OperationalError(
    'DEMO_STALLED',
    `nothing happened for ${silenceMsMax / 1000} s: ${waiting.join(', ')}`,
    {
      hint: 'See .onhand/logs/demo-processor.log, demo-shop.log and `onhand stack status`.',
      cause: failure,
    },
  );
}
