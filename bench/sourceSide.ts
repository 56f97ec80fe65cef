import type { RowDataPacket } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import { RedisLock } from './redisLock.ts';
import { type ShopWay, shopSide } from './shopSide.ts';
import { shopTransaction } from './shopTransaction.ts';

/**
 * The source design, what shops do today: a Redis lock per SKU around a transaction that reads the
 * row FOR UPDATE before the guarded UPDATE.
 */
export const sourceSide = shopSide('source', async (): Promise<ShopWay> => {
  const lock = await RedisLock.open(loadSettings().values);
  const count = { retries: 0 };
  return {
    reserve: (pool, sku, orderId) =>
      lock.hold(sku, () =>
        shopTransaction(pool, sku, orderId, count, async (connection) => {
          const [rows] = await connection.execute<(RowDataPacket & { available: number })[]>(
            'SELECT on_hand - reserved AS available FROM shop_stock WHERE sku = ? FOR UPDATE',
            [sku],
          );
          return (rows[0]?.available ?? 0) >= 1;
        }),
      ),
    more: () => ({ ...count, lockWaits: lock.waits }),
    close: () => lock.close(),
  };
});
