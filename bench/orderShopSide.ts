import type { Pool } from 'mysql2/promise';
import { type Way, callSide } from './callSide.ts';
import { checkOrderShop, fillOrderShop } from './orderShop.ts';
import type { OrderWorkload } from './orderWorkload.ts';
import type { Side } from './side.ts';

/** How a shop answers an order of several lines. */
export interface OrderShopWay extends Way {
  /** SKUs ascend. True when every line was reserved; else none is. */
  place(pool: Pool, orderId: string, skus: readonly string[]): Promise<boolean>;
}

/** A shop that places and reserves in the request. */
export function orderShopSide(
  name: string,
  open: () => Promise<OrderShopWay>,
): Side<OrderWorkload> {
  return callSide({
    name,
    open,
    orders: ({ orders }) => orders.length,
    commandsPerOrder: 1,
    fill: fillOrderShop,
    answer: (way, pool, { orders }, order) =>
      way.place(pool, `order-${order}`, orders[order] ?? []),
    check: checkOrderShop,
  });
}
