import { findLevels, findRemembered, findReservations } from './findStock.ts';
import { findOrders } from './orders.ts';
import { sharedLookup } from './sharedLookup.ts';
import type { Querying } from './together.ts';

/** What slices look up by name: a statement for each kind, for all lanes of a round together. */
export type SliceLookups = ReturnType<typeof sliceLookups>;

export function sliceLookups(reader: Querying) {
  return {
    levels: sharedLookup((items: Parameters<typeof findLevels>[1]) => findLevels(reader, items)),
    reservations: sharedLookup((ids: Parameters<typeof findReservations>[1]) =>
      findReservations(reader, ids),
    ),
    remembered: sharedLookup((ids: Parameters<typeof findRemembered>[1]) =>
      findRemembered(reader, ids),
    ),
    orders: sharedLookup((ids: Parameters<typeof findOrders>[1]) => findOrders(reader, ids)),
  };
}
