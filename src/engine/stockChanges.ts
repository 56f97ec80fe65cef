import type { StockEvent } from '../domain/events.ts';
import type { StockItem, StockState } from '../domain/stockState.ts';
import { itemKey, itemOf } from '../domain/stockState.ts';
import { invariant } from '../ops/errors.ts';
import type { ChangedLevel, ChangedReservation } from '../storage/saveStock.ts';

/** What a slice has changed: one row per stock item and one per reservation, in key order. */
export interface StockChanges {
  items: StockItem[];
  levels: ChangedLevel[];
  reservations: ChangedReservation[];
}

/**
 * Collects the rows that the events of a slice have touched, as the state holds them at its end.
 */
export function stockChanges(state: StockState, events: readonly StockEvent[]): StockChanges {
  const firstSequences = new Map<string, number>();
  const touched = new Map<string, { item: StockItem; orderId: string; isNew: boolean }>();
  for (const event of events) {
    if (event.sequence === 0) continue;
    const key = itemKey(event.sku, event.location);
    if (!firstSequences.has(key)) firstSequences.set(key, event.sequence);
    if (event.kind === 'CommandRejected' || !('orderId' in event)) continue;
    const reservationKey = `${event.orderId}\n${key}`;
    if (touched.has(reservationKey)) continue;
    const item = itemOf(state, event.sku, event.location);
    touched.set(reservationKey, { item, orderId: event.orderId, isNew: opens(event) });
  }
  const items = [...firstSequences.keys()].sort().map((key) => {
    const item = state.items.get(key);
    invariant(item, `no state of the stock item of an event: ${key}`);
    return item;
  });
  return {
    items,
    levels: items.map((item) => {
      const { sku, location, level } = item;
      const first = firstSequences.get(itemKey(sku, location)) ?? 1;
      return { sku, location, ...level, previousSequence: first - 1 };
    }),
    reservations: [...touched.keys()].sort().map((key) => changedReservation(touched.get(key))),
  };
}

function opens(event: StockEvent): boolean {
  if (event.kind === 'ReservationReleased') return event.tombstone;
  return event.kind === 'StockReserved';
}

function changedReservation(
  change: { item: StockItem; orderId: string; isNew: boolean } | undefined,
): ChangedReservation {
  const reservation = change?.item.reservations.get(change.orderId);
  invariant(change && reservation, 'no state of the reservation of an event');
  return { reservation, item: change.item, isNew: change.isNew };
}
