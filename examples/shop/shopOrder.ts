import type { OrderMode } from '../../src/domain/order/orderEvents.ts';

/** Where an order is, as far as the shop has heard. The last four are final. */
export type OrderStatus =
  'placed' | 'reserved' | 'confirmed' | 'rejected' | 'cancelled' | 'expired';

/** Units of a SKU in a basket or a parcel. */
export interface BasketLine {
  sku: string;
  quantity: number;
}

/** What a customer orders. */
export interface Basket {
  orderId: string;
  customer: string;
  mode: OrderMode;
  /** Time to pay in seconds; null for the default of onhand. */
  ttlSeconds: number | null;
  lines: BasketLine[];
}

/** Goods that a customer sends back. */
export interface ReturnedGoods {
  orderId: string;
  /** Unique within the order, at most 50 characters. */
  returnId: string;
  lines: BasketLine[];
}

/** The row of an order that verdicts change. */
export interface OrderRow {
  orderId: string;
  status: OrderStatus;
  /** Of the last verdict that was taken; 0 before the first. */
  sequence: number;
  /** Events of it that have no verdict yet. */
  openEvents: number;
  expiresAt: number | null;
}

/** One line per SKU: the units of lines that name the same are added up. */
export function mergedLines(lines: readonly BasketLine[]): BasketLine[] {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return [...units].map(([sku, quantity]) => ({ sku, quantity }));
}

/** Nothing will be sold that is not sold. */
export function isUnsold(status: OrderStatus): boolean {
  return status === 'rejected' || status === 'cancelled' || status === 'expired';
}
