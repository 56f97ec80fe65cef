import type { Pool } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import { lockedReserve } from './lockedReserve.ts';
import { insertOrder } from './orderShop.ts';
import { type OrderShopWay, orderShopSide } from './orderShopSide.ts';
import { RedisLock } from './redisLock.ts';
import { type Retries, endReservation } from './shopTransaction.ts';

/**
 * The source design at its best: the order is inserted, then each line is reserved under the Redis
 * lock of its SKU, one after the other, by ascending SKU. When a line is refused, those before it
 * are released likewise. What its global transaction costs is left out: its coordinator, its undo
 * rows, and the locks that it holds on the rows of all lines until the end.
 */
export const orderSourceSide = orderShopSide('source', async (): Promise<OrderShopWay> => {
  const lock = await RedisLock.open(loadSettings().values);
  const count = { retries: 0 };
  return {
    place: (pool, orderId, skus) => place(lock, pool, orderId, skus, count),
    more: () => ({ ...count, lockWaits: lock.waits }),
    close: () => lock.close(),
  };
});

/** A refused order keeps its row and holds nothing. */
export async function place(
  lock: RedisLock,
  pool: Pool,
  orderId: string,
  skus: readonly string[],
  count: Retries,
): Promise<boolean> {
  await insertOrder(pool, orderId, skus, 'placed');
  for (const [index, sku] of skus.entries()) {
    if (await lockedReserve(lock, pool, sku, orderId, count)) continue;
    for (const held of skus.slice(0, index)) {
      await lock.hold(held, () => endReservation(pool, held, orderId, 'released', count));
    }
    await pool.execute(`UPDATE shop_orders SET status = 'rejected' WHERE order_id = ?`, [orderId]);
    return false;
  }
  return true;
}
