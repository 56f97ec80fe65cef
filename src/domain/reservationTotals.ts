import type { StockState } from './stockState.ts';
import { itemKey } from './stockState.ts';

/** What has become of a reservation's units, whoever moved them. */
export interface ReservationTotals {
  /** Of the stock item's last event when they were so: of two totals the higher one is later. */
  sequence: number;
  granted: number;
  pending: number;
  confirmed: number;
  released: number;
  expired: number;
  returned: number;
  /** Deadline in ms since 1970. */
  expiresAt: number;
}

/** The totals of an order's reservation of a stock item as they are now; null without one. */
export function totalsOf(
  state: StockState,
  { sku, location, orderId }: { sku: string; location: string; orderId: string },
): ReservationTotals | null {
  const item = state.items.get(itemKey(sku, location));
  const reservation = item?.reservations.get(orderId);
  if (!item || !reservation) return null;
  const { granted, pending, confirmed, released, expired, returned, expiresAt } = reservation;
  const { sequence } = item.level;
  return { sequence, granted, pending, confirmed, released, expired, returned, expiresAt };
}
