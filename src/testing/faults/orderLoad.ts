import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { OrderVerdicts } from '../../../consumers/orderVerdicts.ts';
import { OrderEventProducer } from '../../../producers/orderEventProducer.ts';
import type { Settings } from '../../config/settings.ts';
import type { PublishedOrderVerdict } from '../../messaging/orderStockEventCodec.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { SendTally } from './sendTally.ts';
import type { Waits } from './waits.ts';

const pauseMs = 100;
const retryMs = 200;
const unpaidSeconds = 2;

type Kind = PublishedOrderVerdict['kind'];

/** An order service with one customer for each order lane, who goes through whole lives. */
export class OrderLoad {
  readonly tally = new SendTally();
  readonly #producer: OrderEventProducer;
  readonly #verdicts: OrderVerdicts;
  readonly #waits: Waits;
  readonly #skus: readonly string[];
  /** Who waits for the answer to an event, or, by order id, for the expiry of an order. */
  readonly #waiting = new Map<string, (verdict: PublishedOrderVerdict) => void>();
  #resting = true;
  #closed = false;
  #customers: Promise<void>[] = [];
  #failure: Error | undefined;
  /** Orders that came to their end, by how they ended. */
  readonly ends = new Map<string, number>();

  private constructor(settings: Settings, waits: Waits, skus: readonly string[]) {
    this.#waits = waits;
    this.#skus = skus;
    this.#producer = new OrderEventProducer(settings, silentLogger);
    this.#verdicts = new OrderVerdicts(
      settings,
      silentLogger,
      'shop',
      (verdicts) => {
        for (const verdict of verdicts) this.#take(verdict);
        return Promise.resolve();
      },
      (error) => void (this.#failure ??= error),
    );
  }

  /** The SKUs are in stock and belong to different lanes. */
  static async open(settings: Settings, waits: Waits, skus: readonly string[]): Promise<OrderLoad> {
    const load = new OrderLoad(settings, waits, skus);
    await load.#producer.connect();
    await load.#verdicts.start();
    return load;
  }

  /** `newOrder` gives a new order id of the lane. */
  run(lanes: readonly { lane: string; newOrder: () => string }[]): void {
    this.#resting = false;
    this.#customers = lanes.map(({ lane, newOrder }) =>
      this.#buy(lane, newOrder).catch((error: Error) => void (this.#failure ??= error)),
    );
  }

  /** Ends when every order has come to its end. */
  async rest(): Promise<void> {
    this.#resting = true;
    await Promise.all(this.#customers);
    if (this.#failure) throw this.#failure;
  }

  /** Also of customers who wait: they are left alone. */
  async close(): Promise<void> {
    this.#resting = true;
    this.#closed = true;
    await this.#verdicts.stop();
    await this.#producer.disconnect();
  }

  async #buy(lane: string, newOrder: () => string): Promise<void> {
    const lives = [this.#paid, this.#paidAndReturned, this.#cancelled, this.#unpaid];
    for (let turn = 0; !this.#resting; turn++) {
      const live = lives[turn % lives.length]!;
      const end = await live.call(this, lane, newOrder());
      this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
      await sleep(pauseMs);
    }
  }

  async #paid(lane: string, orderId: string): Promise<Kind> {
    await this.#placed(lane, orderId);
    return this.#ask(lane, ['OrderStockConfirmed'], (eventId) =>
      this.#producer.orderPaid({ orderId, eventId }),
    );
  }

  async #paidAndReturned(lane: string, orderId: string): Promise<Kind> {
    const lines = await this.#placed(lane, orderId);
    await this.#ask(lane, ['OrderStockConfirmed'], (eventId) =>
      this.#producer.orderPaid({ orderId, eventId }),
    );
    return this.#ask(lane, ['OrderStockReturned'], (eventId) =>
      this.#producer.orderReturned({ orderId, eventId, lines }),
    );
  }

  async #cancelled(lane: string, orderId: string): Promise<Kind> {
    await this.#placed(lane, orderId);
    return this.#ask(lane, ['OrderStockReleased'], (eventId) =>
      this.#producer.orderCancelled({ orderId, eventId, reason: 'changed their mind' }),
    );
  }

  /** A stall may be longer than the time to pay: then the order was rejected before. */
  async #unpaid(lane: string, orderId: string): Promise<Kind> {
    const expiry = this.#verdict(orderId);
    const lines = this.#lines();
    const placed = await this.#ask(lane, ['OrderStockReserved', 'OrderStockRejected'], (eventId) =>
      this.#producer.placeOrder({ orderId, eventId, lines, ttlSeconds: unpaidSeconds }),
    );
    if (placed === 'OrderStockReserved') return (await expiry).kind;
    this.#waiting.delete(orderId);
    return placed;
  }

  async #placed(lane: string, orderId: string) {
    const lines = this.#lines();
    await this.#ask(lane, ['OrderStockReserved'], (eventId) =>
      this.#producer.placeOrder({ orderId, eventId, lines }),
    );
    return lines;
  }

  /** One unit of each of two SKUs. */
  #lines() {
    const first = Math.floor(Math.random() * this.#skus.length);
    return [first, first + 1].map((index) => {
      return { sku: this.#skus[index % this.#skus.length] ?? '', quantity: 1 };
    });
  }

  /** Sends an event, again if it has to, and waits for the verdict that answers it. */
  #ask(
    lane: string,
    wanted: readonly Kind[],
    send: (eventId: string) => Promise<string>,
  ): Promise<Kind> {
    return this.#waits.of(lane, async () => {
      const eventId = randomUUID();
      const answer = this.#verdict(eventId);
      await this.#sent(eventId, send);
      const verdict = await answer;
      expect(wanted, JSON.stringify(verdict)).to.include(verdict.kind);
      return verdict.kind;
    });
  }

  async #sent(eventId: string, send: (eventId: string) => Promise<string>): Promise<void> {
    for (;;) {
      this.tally.tried([eventId]);
      try {
        await send(eventId);
        return this.tally.resolved([eventId]);
      } catch (error) {
        if (this.#closed) throw error;
        await sleep(retryMs);
      }
    }
  }

  #verdict(key: string): Promise<PublishedOrderVerdict> {
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  /** Repeats, after a reader was away, find nobody who waits. */
  #take(verdict: PublishedOrderVerdict): void {
    const key = verdict.answers ?? verdict.orderId;
    this.#waiting.get(key)?.(verdict);
    this.#waiting.delete(key);
  }
}
