import { callSide } from './callSide.ts';
import { checkShop, fillShop } from './shopDatabase.ts';
import { type ShopWay, shopWays } from './shopWays.ts';
import type { Side } from './side.ts';
import type { Workload } from './workload.ts';

/** Reserves in the request, by the source design or by a guarded UPDATE alone. */
export function shopSide(name: keyof typeof shopWays): Side {
  return callSide<Workload, ShopWay>({
    name,
    open: shopWays[name],
    orders: ({ orders }) => orders.length,
    commandsPerOrder: 1,
    fill: fillShop,
    answer: (way, pool, { orders, skus }, order) =>
      way.reserve(pool, skus[orders[order] ?? 0] ?? '', `order-${order}`),
    check: checkShop,
  });
}
