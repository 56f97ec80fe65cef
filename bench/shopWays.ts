import type { Pool } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import type { Way } from './callSide.ts';
import { lockedReserve } from './lockedReserve.ts';
import { RedisLock } from './redisLock.ts';
import { type ReservationEnd, endReservation, shopTransaction } from './shopTransaction.ts';

/** How a shop reserves one unit, and ends that. */
export interface ShopWay extends Way {
  /** True when it was granted. */
  reserve(pool: Pool, sku: string, orderId: string): Promise<boolean>;
  end(pool: Pool, sku: string, orderId: string, end: ReservationEnd): Promise<boolean>;
}

/** The best that a database alone can do per order: no lock but the row's, one transaction. */
export function openGuarded(): Promise<ShopWay> {
  const count = { retries: 0 };
  return Promise.resolve({
    reserve: (pool, sku, orderId) => shopTransaction(pool, sku, orderId, count),
    end: (pool, sku, orderId, end) => endReservation(pool, sku, orderId, end, count),
    more: () => ({ ...count }),
    close: () => Promise.resolve(),
  });
}

/**
 * The source design, what shops do today: a Redis lock per SKU around a transaction that reads the
 * row FOR UPDATE before the guarded UPDATE.
 */
export async function openSource(): Promise<ShopWay> {
  const lock = await RedisLock.open(loadSettings().values);
  const count = { retries: 0 };
  return {
    reserve: (pool, sku, orderId) => lockedReserve(lock, pool, sku, orderId, count),
    end: (pool, sku, orderId, end) =>
      lock.hold(sku, () => endReservation(pool, sku, orderId, end, count)),
    more: () => ({ ...count, lockWaits: lock.waits }),
    close: () => lock.close(),
  };
}

export const shopWays = { source: openSource, guarded: openGuarded };
