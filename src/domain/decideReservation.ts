import type {
  ConfirmReservation,
  ExtendReservation,
  ReleaseReservation,
  ReserveStock,
  ReturnStock,
} from './commands.ts';
import type { Draft } from './draft.ts';
import { LEVEL_MAX } from './limits.ts';
import type { Reservation } from './reservation.ts';
import { available } from './stockLevel.ts';
import type { Verdict } from './verdict.ts';
import { granted } from './verdict.ts';

/** Holds units for an order: all of them, or up to n with a minimum. */
export function decideReserve(command: ReserveStock, draft: Draft): Verdict<'ReserveStock'> {
  const { orderId, quantity: requested } = command;
  const expiresAt = deadlineOf(command, draft);
  if (expiresAt === null) return { refused: 'EXPIRY_INVALID' };
  if (draft.reservation?.tombstone) return { refused: 'ORDER_CANCELLED' };
  if (draft.reservation) return { refused: 'ALREADY_RESERVED' };
  if (!draft.level.known) return { refused: 'UNKNOWN_STOCK_ITEM' };
  draft.makeRoom(requested);
  const grant = Math.min(requested, available(draft.level));
  const shortage = (command.minimum ?? requested) - grant;
  if (shortage > 0) return { refused: 'INSUFFICIENT_STOCK', shortage };

  return granted(0, grant, {
    kind: 'StockReserved',
    orderId,
    requested,
    granted: grant,
    expiresAt,
  });
}

/**
 * The order is paid. Units that are still held are never checked against available. Units that
 * have expired are taken again in this same step if they are there; else the buyer is to be repaid.
 */
export function decideConfirm(
  command: ConfirmReservation,
  draft: Draft,
): Verdict<'ConfirmReservation'> {
  const { orderId } = command;
  const { reservation } = draft;
  if (!reservation) return { refused: 'RESERVATION_NOT_FOUND' };
  const { pending, expired } = reservation;
  const confirmable = pending > 0 ? pending : expired;
  if (confirmable === 0) {
    return { refused: reservation.confirmed > 0 ? 'ALREADY_CONFIRMED' : 'ALREADY_RELEASED' };
  }
  const quantity = command.quantity ?? confirmable;
  if (quantity > confirmable) return { refused: 'QUANTITY_EXCEEDS_PENDING' };
  const late = pending === 0;
  const shortage = late ? draft.makeRoom(quantity) : 0;
  if (shortage > 0) return { refused: 'REFUND_REQUIRED', shortage };

  const left = late ? 0 : pending - quantity;
  const body = { kind: 'ReservationConfirmed', orderId, quantity, pending: left, late } as const;
  return granted(-quantity, late ? 0 : -quantity, body);
}

/** The order is cancelled. A release that comes before its reserve leaves a tombstone. */
export function decideRelease(
  command: ReleaseReservation,
  draft: Draft,
): Verdict<'ReleaseReservation'> {
  const { reservation } = draft;
  if (!reservation) return granted(0, 0, releasedBody(command, 0, 0, true));
  const settled = settledReason(reservation);
  if (settled) return { refused: settled };
  const quantity = command.quantity ?? reservation.pending;
  if (quantity > reservation.pending) return { refused: 'QUANTITY_EXCEEDS_PENDING' };

  const pending = reservation.pending - quantity;
  return granted(0, -quantity, releasedBody(command, quantity, pending, false));
}

function releasedBody(
  { orderId, reason }: ReleaseReservation,
  quantity: number,
  pending: number,
  tombstone: boolean,
) {
  return { kind: 'ReservationReleased', orderId, quantity, pending, reason, tombstone } as const;
}

/** The deadline moves to a later time, within the longest life that a reservation may have. */
export function decideExtend(
  command: ExtendReservation,
  draft: Draft,
): Verdict<'ExtendReservation'> {
  const { orderId, expiresAt } = command;
  const { reservation } = draft;
  if (!reservation) return { refused: 'RESERVATION_NOT_FOUND' };
  const settled = settledReason(reservation);
  if (settled) return { refused: settled };
  const previousExpiresAt = reservation.expiresAt;
  const latest = reservation.startedAt + draft.policy.reservationTtlMsMax;
  if (!isLater(expiresAt, previousExpiresAt, latest)) return { refused: 'EXPIRY_INVALID' };

  return granted(0, 0, { kind: 'ReservationExtended', orderId, previousExpiresAt, expiresAt });
}

/** Sold goods came back, up to what was confirmed. */
export function decideReturn(command: ReturnStock, draft: Draft): Verdict<'ReturnStock'> {
  const { orderId, quantity } = command;
  const { reservation } = draft;
  if (!reservation || reservation.tombstone) return { refused: 'RESERVATION_NOT_FOUND' };
  const returned = reservation.returned + quantity;
  if (returned > reservation.confirmed) return { refused: 'QUANTITY_EXCEEDS_CONFIRMED' };
  if (draft.level.onHand + quantity > LEVEL_MAX) return { refused: 'QUANTITY_OVERFLOW' };

  return granted(quantity, 0, { kind: 'StockReturned', orderId, quantity, returned });
}

/** Why nothing of the reservation is pending any more, or null while something is. */
function settledReason(reservation: Reservation) {
  if (reservation.pending > 0) return null;
  if (reservation.confirmed > 0) return 'ALREADY_CONFIRMED';
  return reservation.released > 0 || reservation.tombstone ? 'ALREADY_RELEASED' : 'ALREADY_EXPIRED';
}

/** The deadline that a reserve asks for, in ms since 1970; null when it is none. */
function deadlineOf(command: ReserveStock, { now, policy }: Draft): number | null {
  const { expiresAt, ttlSeconds } = command;
  if (expiresAt !== null && ttlSeconds !== null) return null;
  const lifeMs = ttlSeconds === null ? policy.reservationTtlMs : ttlSeconds * 1000;
  const deadline = expiresAt ?? now + lifeMs;
  return isLater(deadline, now, now + policy.reservationTtlMsMax) ? deadline : null;
}

/** Whether a time is a whole ms after one time and not after another. */
function isLater(time: number, than: number, latest: number): boolean {
  return Number.isInteger(time) && time > than && time <= latest;
}
