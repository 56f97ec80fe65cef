import type { Reservation } from '../domain/reservation.ts';
import type { StockState } from '../domain/stockState.ts';

/**
 * All that a state says, in key order: two states that say the same are deeply equal in this form.
 */
export function stateContents({ items, remembered, parked }: StockState) {
  return {
    items: inKeyOrder(items).map(([key, { sku, location, level, reservations }]) => {
      return { key, sku, location, level, reservations: inKeyOrder<Reservation>(reservations) };
    }),
    remembered: inKeyOrder(remembered),
    parked: inKeyOrder(parked),
  };
}

function inKeyOrder<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
