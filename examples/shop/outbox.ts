import type { Connection } from 'mysql2/promise';
import type { UpstreamEvent } from '../../src/domain/order/orderEvents.ts';

/**
 * Notes events that Kafka is to get, in this order, in the transaction that makes them true, and
 * that their orders wait for so many verdicts more. An event's id is what happened, so it is the
 * same however often it is sent.
 */
export async function noteEvents(
  connection: Connection,
  events: readonly UpstreamEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => [event.orderId, event.eventId, JSON.stringify(event)]);
  await connection.query('INSERT INTO outbox (order_id, event_id, event) VALUES ?', [rows]);
  for (const [orderIds, count] of byCount(events)) {
    await connection.query(
      'UPDATE orders SET open_events = open_events + ? WHERE order_id IN (?)',
      [count, orderIds],
    );
  }
}

/** Orders with one event, with two, and so on. */
function byCount(events: readonly UpstreamEvent[]): [orderIds: string[], count: number][] {
  const counts = new Map<string, number>();
  for (const { orderId } of events) counts.set(orderId, (counts.get(orderId) ?? 0) + 1);
  return [...new Set(counts.values())].map((count) => {
    const orders = [...counts].filter(([, own]) => own === count);
    return [orders.map(([orderId]) => orderId).sort(), count];
  });
}

export function cancelledEvent(orderId: string): UpstreamEvent {
  return { kind: 'OrderCancelled', orderId, eventId: 'cancelled', reason: 'changed my mind' };
}

export function paidEvent(orderId: string): UpstreamEvent {
  return { kind: 'OrderPaid', orderId, eventId: 'paid' };
}
