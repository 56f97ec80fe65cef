import type {
  AdjustStock,
  ConfirmReservation,
  CountStock,
  ExtendReservation,
  ReceiveStock,
  ReleaseReservation,
  ReserveStock,
  ReturnStock,
} from '../domain/commands.ts';
import type { Policy } from '../domain/stockState.ts';
import { type Answer, granted, judge } from './naiveAnswer.ts';
import { type Hold, type Shelf, turn, unitsOf } from './naiveShelf.ts';

/** What a move needs to be judged: the shelf, the order's hold there, the units that are free. */
export interface Scene {
  shelf: Shelf;
  hold: Hold | undefined;
  free: number;
  now: number;
  policy: Policy;
}

export function receive({ quantity }: ReceiveStock, { shelf }: Scene): Answer {
  const refused = judge(
    [cannotMove(quantity), 'QUANTITY_INVALID'],
    [shelf.onHand + quantity > 1e12, 'QUANTITY_OVERFLOW'],
  );
  return refused ?? stock(shelf, quantity, 'StockReceived');
}

export function adjust({ delta, reason }: AdjustStock, { shelf, free }: Scene): Answer {
  const refused = judge(
    [reason.includes('\n'), 'REASON_INVALID'],
    [cannotMove(Math.abs(delta)), 'QUANTITY_INVALID'],
    [reason.trim() === '', 'REASON_MISSING'],
    [shelf.onHand + delta > 1e12, 'QUANTITY_OVERFLOW'],
    [delta < 0 && -delta > free, 'WOULD_BREAK_RESERVATIONS', -delta - free],
  );
  return refused ?? stock(shelf, delta, 'StockAdjusted');
}

export function count(command: CountStock, { shelf, free }: Scene): Answer {
  const { counted, expected, reason } = command;
  const reserved = shelf.onHand - free;
  const refused = judge(
    [reason.includes('\n'), 'REASON_INVALID'],
    [counted < 0 || counted > 1e12, 'QUANTITY_INVALID'],
    [reason.trim() === '', 'REASON_MISSING'],
    [expected !== null && expected !== shelf.onHand, 'EXPECTATION_FAILED'],
    [counted < reserved, 'WOULD_BREAK_RESERVATIONS', reserved - counted],
  );
  return refused ?? stock(shelf, counted - shelf.onHand, 'StockCounted');
}

export function reserve(command: ReserveStock, scene: Scene): Answer {
  const { orderId, quantity, minimum, expiresAt, ttlSeconds } = command;
  const { shelf, hold, free, now, policy } = scene;
  const life = ttlSeconds === null ? policy.reservationTtlMs : 1000 * ttlSeconds;
  const deadline = expiresAt ?? now + life;
  const tooLong = deadline - now > policy.reservationTtlMsMax;
  const least = minimum ?? quantity;
  const refused = judge(
    [cannotMove(quantity) || cannotMove(least) || least > quantity, 'QUANTITY_INVALID'],
    [(expiresAt !== null && ttlSeconds !== null) || deadline <= now || tooLong, 'EXPIRY_INVALID'],
    [hold?.units.length === 0, 'ORDER_CANCELLED'],
    [hold !== undefined, 'ALREADY_RESERVED'],
    [!shelf.known, 'UNKNOWN_STOCK_ITEM'],
    [least > free, 'INSUFFICIENT_STOCK', least - free],
  );
  if (refused) return refused;
  const units = Math.min(quantity, free);
  const pending = Array.from({ length: units }, () => 'pending' as const);
  shelf.holds.push({ orderId, units: pending, startedAt: now, deadline });
  return granted('StockReserved', units);
}

export function confirm({ quantity }: ConfirmReservation, { shelf, hold, free }: Scene): Answer {
  const late = unitsOf(hold, 'pending') === 0;
  const from = late ? 'expired' : 'pending';
  const open = unitsOf(hold, from);
  const units = quantity ?? open;
  const refused = judge(
    [quantity !== null && cannotMove(quantity), 'QUANTITY_INVALID'],
    [!hold, 'RESERVATION_NOT_FOUND'],
    [open === 0 && unitsOf(hold, 'confirmed', 'returned') > 0, 'ALREADY_CONFIRMED'],
    [open === 0, 'ALREADY_RELEASED'],
    [units > open, 'QUANTITY_EXCEEDS_PENDING'],
    [late && units > free, 'REFUND_REQUIRED', units - free],
  );
  if (refused) return refused;
  turn(hold, from, 'confirmed', units);
  shelf.onHand -= units;
  return granted('ReservationConfirmed', units, late);
}

export function release(command: ReleaseReservation, { shelf, hold, now }: Scene): Answer {
  const { orderId, quantity, reason } = command;
  const malformed = judge(
    [reason.includes('\n'), 'REASON_INVALID'],
    [quantity !== null && cannotMove(quantity), 'QUANTITY_INVALID'],
  );
  if (malformed) return malformed;
  if (!hold) {
    shelf.holds.push({ orderId, units: [], startedAt: now, deadline: now });
    return granted('ReservationReleased', 0);
  }
  const open = unitsOf(hold, 'pending');
  const units = quantity ?? open;
  const refused = judge(...settled(hold), [units > open, 'QUANTITY_EXCEEDS_PENDING']);
  if (refused) return refused;
  turn(hold, 'pending', 'released', units);
  return granted('ReservationReleased', units);
}

export function extend({ expiresAt }: ExtendReservation, { hold, policy }: Scene): Answer {
  if (!hold) return judge([true, 'RESERVATION_NOT_FOUND'])!;
  const tooLate = expiresAt - hold.startedAt > policy.reservationTtlMsMax;
  const refused = judge(...settled(hold), [
    expiresAt <= hold.deadline || tooLate,
    'EXPIRY_INVALID',
  ]);
  if (refused) return refused;
  hold.deadline = expiresAt;
  return granted('ReservationExtended', null);
}

export function takeBack({ quantity }: ReturnStock, { shelf, hold }: Scene): Answer {
  const refused = judge(
    [cannotMove(quantity), 'QUANTITY_INVALID'],
    [!hold || hold.units.length === 0, 'RESERVATION_NOT_FOUND'],
    [quantity > unitsOf(hold, 'confirmed'), 'QUANTITY_EXCEEDS_CONFIRMED'],
    [shelf.onHand + quantity > 1e12, 'QUANTITY_OVERFLOW'],
  );
  if (refused) return refused;
  turn(hold, 'confirmed', 'returned', quantity);
  return stock(shelf, quantity, 'StockReturned');
}

function stock(shelf: Shelf, delta: number, kind: Answer['kind']): Answer {
  shelf.onHand += delta;
  shelf.known = true;
  return granted(kind, delta);
}

/** Why a hold can no longer be released or extended. */
function settled(hold: Hold): Parameters<typeof judge> {
  const open = unitsOf(hold, 'pending') > 0;
  const cancelled = hold.units.length === 0 || unitsOf(hold, 'released') > 0;
  return [
    [!open && unitsOf(hold, 'confirmed', 'returned') > 0, 'ALREADY_CONFIRMED'],
    [!open && cancelled, 'ALREADY_RELEASED'],
    [!open, 'ALREADY_EXPIRED'],
  ];
}

function cannotMove(quantity: number): boolean {
  return quantity < 1 || quantity > 2 ** 31 - 1;
}
