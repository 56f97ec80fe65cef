import type { Basket } from '../shop/shopOrder.ts';
import { ttlOf } from './plan.ts';

/** SKUs of the flash sale, and how many units of each there are. */
export const flashStock: ReadonlyMap<string, number> = new Map([
  ['FLASH-1', 5],
  ['FLASH-2', 20],
  ['FLASH-3', 50],
]);

/** Everybody wants one unit of one SKU, or of two at once; all of them together, far too many. */
export function flashBaskets(customers: number, seed: number, unpaidLifeSeconds: number): Basket[] {
  const skus = [...flashStock.keys()];
  return Array.from({ length: customers }, (_, index) => {
    const orderId = `flash-${index + 1}`;
    const wanted = [skus[index % skus.length] ?? ''];
    if (index % 5 === 0) wanted.push(skus[(index + 1) % skus.length] ?? '');
    return {
      orderId,
      customer: `guest-${index + 1}`,
      mode: 'all',
      ttlSeconds: ttlOf(seed, orderId, unpaidLifeSeconds),
      lines: wanted.map((sku) => ({ sku, quantity: 1 })),
    };
  });
}
