import { findLevels, findRemembered, findReservations } from './findStock.ts';
import type { KeysInLanes } from './laneRows.ts';
import { findOrders } from './orders.ts';
import { sharedLookup } from './sharedLookup.ts';
import type { Querying } from './together.ts';

/** What slices look up by name: a statement for each kind, for all lanes of a round together. */
export type SliceLookups = ReturnType<typeof sliceLookups>;

export function sliceLookups(reader: Querying) {
  const by =
    <Key, Row>(find: (reader: Querying, keys: KeysInLanes<Key>) => Promise<Row[]>) =>
    (keys: KeysInLanes<Key>) =>
      find(reader, keys);
  return {
    levels: sharedLookup(by(findLevels)),
    reservations: sharedLookup(by(findReservations)),
    remembered: sharedLookup(by(findRemembered)),
    orders: sharedLookup(by(findOrders)),
  };
}
