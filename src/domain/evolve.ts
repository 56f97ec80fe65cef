import type { StockEvent } from './events.ts';
import { orderIdOf } from './orderIdOf.ts';
import { evolveReservation } from './reservation.ts';
import { evolveLevel } from './stockLevel.ts';
import type { RememberedOutcome, StockState } from './stockState.ts';
import { itemOf, putReservation } from './stockState.ts';

/**
 * The state after an event. It is the state that was given: a working copy of the batch, updated
 * in place. Replaying the events of a log gives the state that deciding its commands gave.
 */
export function evolve(state: StockState, event: StockEvent): StockState {
  if (event.sequence > 0) {
    const item = itemOf(state, event.sku, event.location);
    item.level = evolveLevel(item.level, event);
    const orderId = orderIdOf(event);
    if (orderId !== null) {
      const reservation = evolveReservation(item.reservations.get(orderId), event);
      if (reservation) putReservation(item, reservation);
    }
  }
  if (isRemembered(event)) state.remembered.set(event.commandId, event);
  return state;
}

/** An outcome by which a repeat is known again. A re-used id stays with its first outcome. */
export function isRemembered(
  event: StockEvent,
): event is RememberedOutcome & { commandId: string } {
  if (event.commandId === null || event.commandDigest === null) return false;
  return !(event.kind === 'CommandRejected' && event.reason === 'COMMAND_ID_REUSED');
}
