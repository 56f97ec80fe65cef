import type { PoolConnection, RowDataPacket } from 'mysql2/promise';
import { returnStatus, returnedEvent } from './acceptReturn.ts';
import { noteEvents } from './outbox.ts';
import type { OrderRow, ReturnedGoods } from './shopOrder.ts';

/** Sends the returns that waited for the sale of these orders, or drops those of no sale. */
export async function settleReturns(
  connection: PoolConnection,
  orders: readonly OrderRow[],
): Promise<void> {
  const settled = new Map(
    orders
      .filter(({ status }) => returnStatus(status) !== 'waiting')
      .map(({ orderId, status }) => [orderId, returnStatus(status)]),
  );
  if (settled.size === 0) return;
  const [waiting] = await connection.query<(RowDataPacket & ReturnedGoods)[]>(
    `SELECT order_id AS orderId, return_id AS returnId, \`lines\` FROM returned_goods
     WHERE order_id IN (?) AND status = 'waiting' ORDER BY order_id, return_id`,
    [[...settled.keys()]],
  );
  for (const { orderId, returnId } of waiting) {
    await connection.query(
      'UPDATE returned_goods SET status = ? WHERE order_id = ? AND return_id = ?',
      [settled.get(orderId), orderId, returnId],
    );
  }
  const sold = waiting.filter(({ orderId }) => settled.get(orderId) === 'sent');
  await noteEvents(connection, sold.map(returnedEvent));
}
