import type { Pool, PoolConnection } from 'mysql2/promise';
import { insertOrder } from './orderShop.ts';
import { type OrderShopWay, orderShopSide } from './orderShopSide.ts';
import {
  type Retries,
  inShopTransaction,
  insertOutbox,
  reservationTtlMs,
  takeUnit,
} from './shopTransaction.ts';

/**
 * The best case that a monolith has, orders and stock in one database: one local transaction with
 * the order, a guarded UPDATE per line in the order of the SKUs, the reservations, an outbox row.
 */
export const orderMonolithSide = orderShopSide('monolith', (): Promise<OrderShopWay> => {
  const count = { retries: 0 };
  return Promise.resolve({
    place: (pool, orderId, skus) => place(pool, orderId, skus, count),
    more: () => ({ ...count }),
    close: () => Promise.resolve(),
  });
});

/** A refused order leaves its row and nothing else. */
export async function place(
  pool: Pool,
  orderId: string,
  skus: readonly string[],
  count: Retries,
): Promise<boolean> {
  const granted = await inShopTransaction(pool, count, async (connection) => {
    await insertOrder(connection, orderId, skus, 'placed');
    for (const sku of skus) if (!(await takeUnit(connection, sku))) return false;
    await noteReserved(connection, orderId, skus);
    return true;
  });
  if (!granted) await insertOrder(pool, orderId, skus, 'rejected');
  return granted;
}

async function noteReserved(connection: PoolConnection, orderId: string, skus: readonly string[]) {
  const now = Date.now();
  const rows = skus.map(() => `(?, ?, 1, 'held', ?)`).join(', ');
  // Queued one behind the other: the second does not wait for this process to see the first's end.
  await Promise.all([
    connection.execute(
      `INSERT INTO shop_reservations (order_id, sku, quantity, status, expires_at) VALUES ${rows}`,
      skus.flatMap((sku) => [orderId, sku, now + reservationTtlMs]),
    ),
    insertOutbox(connection, '', { type: 'OrderStockReserved', orderId, skus }),
  ]);
}
