import type { OrderWorkload } from './orderWorkload.ts';
import type { Side } from './side.ts';

export type OrderSideName = 'onhand' | 'source' | 'monolith';

/** One way to answer orders of several lines, all of them or none. */
export type OrderSide = Side<OrderWorkload, OrderSideName>;
