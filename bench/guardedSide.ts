import { type ShopWay, shopSide } from './shopSide.ts';
import { shopTransaction } from './shopTransaction.ts';

/** The best that a database alone can do per order: no lock but the row's, one transaction. */
export const guardedSide = shopSide('guarded', (): Promise<ShopWay> => {
  const count = { retries: 0 };
  return Promise.resolve({
    reserve: (pool, sku, orderId) => shopTransaction(pool, sku, orderId, count),
    more: () => ({ ...count }),
    close: () => Promise.resolve(),
  });
});
