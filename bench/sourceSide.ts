import { loadSettings } from '../src/config/loadSettings.ts';
import { lockedReserve } from './lockedReserve.ts';
import { RedisLock } from './redisLock.ts';
import { type ShopWay, shopSide } from './shopSide.ts';

/**
 * The source design, what shops do today: a Redis lock per SKU around a transaction that reads the
 * row FOR UPDATE before the guarded UPDATE.
 */
export const sourceSide = shopSide('source', async (): Promise<ShopWay> => {
  const lock = await RedisLock.open(loadSettings().values);
  const count = { retries: 0 };
  return {
    reserve: (pool, sku, orderId) => lockedReserve(lock, pool, sku, orderId, count),
    more: () => ({ ...count, lockWaits: lock.waits }),
    close: () => lock.close(),
  };
});
