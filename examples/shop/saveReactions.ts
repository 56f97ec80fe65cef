import type { PoolConnection } from 'mysql2/promise';
import { returnIdOf } from './acceptReturn.ts';
import type { Reaction } from './reactTo.ts';
import type { PaymentRequest } from './requestPayment.ts';
import type { OrderRow } from './shopOrder.ts';

/** Writes what verdicts mean, one statement per table. */
export async function saveReactions(
  connection: PoolConnection,
  reactions: readonly Reaction[],
  payments: readonly PaymentRequest[],
): Promise<void> {
  await saveOrders(connection, lastOfEach(reactions));
  await insert(
    connection,
    `INSERT INTO order_lines (order_id, sku, quantity, confirmed, released, returned)
       VALUES ? AS next
     ON DUPLICATE KEY UPDATE confirmed = GREATEST(order_lines.confirmed, next.confirmed),
       released = GREATEST(order_lines.released, next.released),
       returned = GREATEST(order_lines.returned, next.returned)`,
    reactions.flatMap(({ order, lines }) =>
      lines.map(({ sku, confirmed, released, returned }) => {
        return [order.orderId, sku, 0, confirmed, released, returned];
      }),
    ),
  );
  await insert(
    connection,
    'INSERT INTO payments (order_id, status, act_at) VALUES ?',
    payments.map(({ orderId, actAt }) => [orderId, 'due', actAt]),
  );
  await insert(
    connection,
    'INSERT INTO refunds (order_id, sku, quantity, reason) VALUES ?',
    reactions.flatMap(({ order, refunds }) =>
      refunds.map(({ sku, quantity, reason }) => [order.orderId, sku, quantity, reason]),
    ),
  );
  for (const status of ['settled', 'refunded'] as const) {
    const paid = reactions.filter(({ payment }) => payment === status);
    if (paid.length === 0) continue;
    const ids = paid.map(({ order }) => order.orderId);
    await connection.query('UPDATE payments SET status = ? WHERE order_id IN (?)', [status, ids]);
  }
  for (const { order, returned } of reactions) {
    if (!returned) continue;
    await connection.query(
      'UPDATE returned_goods SET status = ? WHERE order_id = ? AND return_id = ?',
      [returned.taken ? 'taken' : 'refused', order.orderId, returnIdOf(returned.eventId)],
    );
  }
}

function lastOfEach(reactions: readonly Reaction[]): OrderRow[] {
  return [...new Map(reactions.map(({ order }) => [order.orderId, order])).values()];
}

/** The rows are there: the other columns are named because an INSERT has to. */
async function saveOrders(connection: PoolConnection, orders: OrderRow[]): Promise<void> {
  await insert(
    connection,
    `INSERT INTO orders (order_id, customer, mode, status, sequence, open_events, expires_at)
       VALUES ? AS next
     ON DUPLICATE KEY UPDATE status = next.status, sequence = next.sequence,
       open_events = next.open_events, expires_at = next.expires_at`,
    orders.map(({ orderId, status, sequence, openEvents, expiresAt }) => {
      return [orderId, '', 'all', status, sequence, openEvents, expiresAt];
    }),
  );
}

async function insert(connection: PoolConnection, sql: string, rows: unknown[][]): Promise<void> {
  if (rows.length > 0) await connection.query(sql, [rows]);
}
