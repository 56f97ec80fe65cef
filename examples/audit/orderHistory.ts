import type { Admin, KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { readTopic } from '../../consumers/readTopic.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { UpstreamEvent } from '../../src/domain/order/orderEvents.ts';
import { decodeOrderEvent } from '../../src/messaging/orderEventCodec.ts';
import {
  type PublishedOrderVerdict,
  decodeOrderStockEvent,
} from '../../src/messaging/orderStockEventCodec.ts';
import { openRegistry } from '../../src/messaging/registry/openRegistry.ts';
import { topicRegistry } from '../../src/messaging/topics.ts';

/** An event of the order service, and where it first stands in its partition. */
export interface SentEvent {
  event: UpstreamEvent;
  offset: number;
}

/** What both topics say of one order. */
export interface OrderHistory {
  /** By event id; an event that was sent again counts once. */
  sent: Map<string, SentEvent>;
  /** In the order of the topic. */
  verdicts: PublishedOrderVerdict[];
}

export interface Histories {
  orders: Map<string, OrderHistory>;
  /** Events that came again. */
  repeats: number;
}

/** Reads both order topics from their beginnings. */
export async function readHistories(
  settings: Settings,
  logger: Logger,
  admin: Admin,
): Promise<Histories> {
  const { orderEvents, orderStock } = topicRegistry(settings);
  const orders = new Map<string, OrderHistory>();
  let repeats = 0;
  const of = (orderId: string) => {
    let history = orders.get(orderId);
    if (!history) orders.set(orderId, (history = { sent: new Map(), verdicts: [] }));
    return history;
  };
  const registry = openRegistry(settings);
  const plain = (records: KafkaMessage[]) => registry?.plainRecords(records) ?? records;
  await readTopic(settings, logger, admin, orderEvents.name, async (_partition, records) => {
    for (const { value, offset } of await plain(records)) {
      const event = decodeOrderEvent(value);
      if (event.kind === 'StockReply' || event.kind === 'DeadlinesDue') continue;
      const { sent } = of(event.orderId);
      if (sent.has(event.eventId)) repeats++;
      else sent.set(event.eventId, { event, offset: Number(offset) });
    }
  });
  await readTopic(settings, logger, admin, orderStock.name, async (_partition, records) => {
    for (const { value } of await plain(records)) {
      const verdict = decodeOrderStockEvent(value);
      of(verdict.orderId).verdicts.push(verdict);
    }
  });
  return { orders, repeats };
}
