import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import type { AskedLine, OrderMode, UpstreamEvent } from '../src/domain/order/orderEvents.ts';
import { encodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import type { Logger } from '../src/ops/logger.ts';
import { RecordBatchProducer } from './recordBatchProducer.ts';
import { RecordBatcher } from './recordBatcher.ts';

interface OrderHead {
  orderId: string;
  /** Without one, the event gets a random id: give your own to be able to send it again. */
  eventId?: string;
}

/** Units of a stock item; the location is `main` unless given. */
export type LineToSend = Omit<AskedLine, 'location'> & { location?: string };

export interface OrderToPlace extends OrderHead {
  lines: readonly LineToSend[];
  /** `all` unless given. */
  mode?: OrderMode;
  /** Payment deadline in ms since 1970, or a time to pay in seconds; not both. */
  expiresAt?: number;
  ttlSeconds?: number;
}

/**
 * Says where the event goes: into a Kafka transaction of the caller's, or out at once. When a send
 * in a transaction fails, abort it and go on with a new kafkajs producer: kafkajs would give the
 * next records the numbers of those that failed, which a broker may have.
 */
export interface OrderSendOptions {
  transaction?: Transaction;
}

/**
 * Sends what happens to orders: keyed by order id, idempotent, in the order given per order, those
 * of many callers in one request. Each method resolves, with the event's id, when Kafka has the
 * event or it is part of the given transaction. If it throws, the event may have arrived
 * nevertheless; sent again under the same id it has no second effect.
 */
export class OrderEventProducer {
  readonly #producer: RecordBatchProducer;
  readonly #batcher: RecordBatcher;

  constructor(settings: ClientSettings, logger: Logger) {
    const topic = topicRegistry(settings).orderEvents;
    this.#producer = new RecordBatchProducer(settings, 'onhand-orders', logger, topic);
    this.#batcher = new RecordBatcher((messages) => this.#producer.send(messages));
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
  }

  /** A new order: its lines are to be held until it is paid. */
  placeOrder(order: OrderToPlace, options: OrderSendOptions = {}): Promise<string> {
    const { mode = 'all', expiresAt = null, ttlSeconds = null } = order;
    const body = { lines: linesOf(order.lines), mode, expiresAt, ttlSeconds };
    return this.#send({ ...headOf(order), kind: 'OrderPlaced', ...body }, options);
  }

  /** The order is paid: what is held is sold. */
  orderPaid(order: OrderHead, options: OrderSendOptions = {}): Promise<string> {
    return this.#send({ ...headOf(order), kind: 'OrderPaid' }, options);
  }

  /** The order is given up before it was paid: what is held is released. */
  orderCancelled(
    order: OrderHead & { reason?: string },
    options: OrderSendOptions = {},
  ): Promise<string> {
    const { reason = '' } = order;
    return this.#send({ ...headOf(order), kind: 'OrderCancelled', reason }, options);
  }

  /** Sold units came back. */
  orderReturned(
    order: OrderHead & { lines: readonly LineToSend[] },
    options: OrderSendOptions = {},
  ): Promise<string> {
    const lines = linesOf(order.lines);
    return this.#send({ ...headOf(order), kind: 'OrderReturned', lines }, options);
  }

  /** Ends after all that was given has been sent, or has failed. */
  async disconnect(): Promise<void> {
    await this.#batcher.idle();
    await this.#producer.disconnect();
  }

  async #send(event: UpstreamEvent, { transaction }: OrderSendOptions): Promise<string> {
    const message = this.#producer.place(event.orderId, encodeOrderEvent(event));
    if (transaction) await this.#producer.send([message], transaction);
    else await this.#batcher.add(message);
    return event.eventId;
  }
}

function headOf({ orderId, eventId = randomUUID() }: OrderHead) {
  return { orderId, eventId };
}

function linesOf(lines: readonly LineToSend[]): AskedLine[] {
  return lines.map(({ sku, location = 'main', quantity }) => ({ sku, location, quantity }));
}
