import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { UpstreamEvent } from '../../src/domain/order/orderEvents.ts';
import { inTransaction } from './inTransaction.ts';
import { noteEvents } from './outbox.ts';
import { type OrderStatus, type ReturnedGoods, isUnsold } from './shopOrder.ts';

/**
 * Takes note that goods come back: onhand hears of it at once when they are sold, or when they will
 * be. Goods of an order that came to nothing were never sent, so there is nothing to return. Asked
 * again, nothing happens a second time. False when there is no such order.
 */
export async function acceptReturn(pool: Pool, goods: ReturnedGoods): Promise<boolean> {
  const { orderId, returnId, lines } = goods;
  return await inTransaction(pool, async (connection) => {
    const [orders] = await connection.query<(RowDataPacket & { status: OrderStatus })[]>(
      'SELECT status FROM orders WHERE order_id = ? FOR UPDATE',
      [orderId],
    );
    const status = orders[0]?.status;
    if (status === undefined) return false;
    const [known] = await connection.query<RowDataPacket[]>(
      'SELECT 1 FROM returned_goods WHERE order_id = ? AND return_id = ?',
      [orderId, returnId],
    );
    if (known.length > 0) return true;
    const row = [orderId, returnId, JSON.stringify(lines), returnStatus(status)];
    await connection.query(
      'INSERT INTO returned_goods (order_id, return_id, `lines`, status) VALUES (?)',
      [row],
    );
    if (status === 'confirmed') await noteEvents(connection, [returnedEvent(goods)]);
    return true;
  });
}

/** What becomes of a return when its order is in this status. */
export function returnStatus(status: OrderStatus): 'sent' | 'void' | 'waiting' {
  if (status === 'confirmed') return 'sent';
  return isUnsold(status) ? 'void' : 'waiting';
}

export function returnedEvent({ orderId, returnId, lines }: ReturnedGoods): UpstreamEvent {
  return {
    kind: 'OrderReturned',
    orderId,
    eventId: `return-${returnId}`,
    lines: lines.map((line) => ({ ...line, location: 'main' })),
  };
}

/** The return that an event id names. */
export function returnIdOf(eventId: string): string {
  return eventId.slice('return-'.length);
}
