import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { RedisLock } from './redisLock.ts';
import { type Retries, shopTransaction } from './shopTransaction.ts';

/**
 * How the source design reserves one unit of a SKU: a Redis lock on the SKU around a transaction
 * that reads the row FOR UPDATE before the guarded UPDATE. True when granted.
 */
export function lockedReserve(
  lock: RedisLock,
  pool: Pool,
  sku: string,
  orderId: string,
  count: Retries,
): Promise<boolean> {
  return lock.hold(sku, () =>
    shopTransaction(pool, sku, orderId, count, async (connection) => {
      const [rows] = await connection.execute<(RowDataPacket & { available: number })[]>(
        'SELECT on_hand - reserved AS available FROM shop_stock WHERE sku = ? FOR UPDATE',
        [sku],
      );
      return (rows[0]?.available ?? 0) >= 1;
    }),
  );
}
