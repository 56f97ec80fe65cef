import type { StockEvent } from './events.ts';

/**
 * One order's hold on one stock item, as quantities:
 * granted = pending + confirmed + released + expired, and returned ≤ confirmed.
 * It is settled when pending is 0.
 */
export interface Reservation {
  orderId: string;
  granted: number;
  pending: number;
  confirmed: number;
  released: number;
  expired: number;
  returned: number;
  /** Log time of the reserve (or of the tombstone), in ms since 1970. */
  startedAt: number;
  /** Deadline in ms since 1970: expired from this moment on, whether or not a tick has come. */
  expiresAt: number;
  /** A release came before the reserve: nothing was granted and nothing will be. */
  tombstone: boolean;
}

export function isDue(reservation: Reservation, now: number): boolean {
  return reservation.pending > 0 && reservation.expiresAt <= now;
}

/** The reservation after an event of its order; undefined while there is none. */
export function evolveReservation(
  before: Reservation | undefined,
  event: StockEvent,
): Reservation | undefined {
  switch (event.kind) {
    case 'StockReserved':
      return opened(event.orderId, event.time, event.granted, event.expiresAt, false);
    case 'ReservationReleased':
      if (event.tombstone) return opened(event.orderId, event.time, 0, event.time, true);
      if (!before) return before;
      return changed(before, {
        pending: event.pending,
        released: before.released + event.quantity,
      });
    case 'ReservationConfirmed': {
      if (!before) return before;
      const confirmed = before.confirmed + event.quantity;
      return event.late
        ? changed(before, { expired: before.expired - event.quantity, confirmed })
        : changed(before, { pending: event.pending, confirmed });
    }
    case 'ReservationExpired':
      return before && changed(before, { pending: 0, expired: before.expired + event.quantity });
    case 'ReservationExtended':
      return before && changed(before, { expiresAt: event.expiresAt });
    case 'StockReturned':
      return before && changed(before, { returned: event.returned });
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockCounted':
    case 'ParkedRetried':
    case 'ParkedSkipped':
    case 'CommandRejected':
      return before;
  }
}

/**
 * A copy with other quantities. Field by field: V8 is slow with objects that begin with a spread.
 */
function changed(before: Reservation, to: Partial<Reservation>): Reservation {
  return {
    orderId: before.orderId,
    granted: before.granted,
    pending: to.pending ?? before.pending,
    confirmed: to.confirmed ?? before.confirmed,
    released: to.released ?? before.released,
    expired: to.expired ?? before.expired,
    returned: to.returned ?? before.returned,
    startedAt: before.startedAt,
    expiresAt: to.expiresAt ?? before.expiresAt,
    tombstone: before.tombstone,
  };
}

function opened(
  orderId: string,
  startedAt: number,
  granted: number,
  expiresAt: number,
  tombstone: boolean,
): Reservation {
  return {
    orderId,
    granted,
    pending: granted,
    confirmed: 0,
    released: 0,
    expired: 0,
    returned: 0,
    startedAt,
    expiresAt,
    tombstone,
  };
}
