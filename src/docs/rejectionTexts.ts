import type { AskingCommand } from '../domain/commands.ts';
import type { RejectionReason } from '../domain/rejections.ts';

/** What each refusal means, for the README. */
export const rejectionTexts: Record<RejectionReason, string> = {
  COMMAND_ID_INVALID: 'the id is not 1 to 64 printable ASCII characters without spaces',
  COMMAND_ID_REUSED: 'the id belongs to an earlier command with another body',
  SKU_INVALID: 'the SKU is not 1 to 64 printable ASCII characters (spaces inside allowed)',
  LOCATION_INVALID: 'the location is not 1 to 64 printable ASCII characters',
  ORDER_ID_INVALID: 'the order id is not 1 to 64 printable ASCII characters without spaces',
  REASON_INVALID: 'the reason is longer than 200 characters or holds a control character',
  QUANTITY_INVALID: 'a quantity is outside its range (1 to 2147483647; see the schema)',
  REASON_MISSING: 'the reason is empty',
  NOTHING_PARKED: 'no command of this stock item is parked',
  RESERVATION_NOT_FOUND: 'the order holds no reservation on this stock item',
  ALREADY_CONFIRMED: 'nothing is pending any more, the order was paid',
  ALREADY_RELEASED: 'nothing is pending any more, the order was cancelled',
  ALREADY_EXPIRED: 'nothing is pending any more, the deadline has passed',
  EXPIRY_INVALID:
    'the deadline is not later than now (extend: than the present one), ' +
    'beyond the longest life, or given twice',
  ORDER_CANCELLED: 'a release of this order came first',
  ALREADY_RESERVED: 'the order has a reservation on this stock item, whatever became of it',
  UNKNOWN_STOCK_ITEM: 'stock of this item was never received, counted or adjusted',
  EXPECTATION_FAILED: 'on hand is not what the count expected',
  QUANTITY_EXCEEDS_PENDING: 'more than the reservation still holds (or, after expiry, had held)',
  QUANTITY_EXCEEDS_CONFIRMED: 'more would come back than was sold',
  QUANTITY_OVERFLOW: 'on hand would exceed 1000000000000',
  INSUFFICIENT_STOCK: 'fewer units are available than asked for; the shortage is stated',
  WOULD_BREAK_RESERVATIONS: 'on hand would fall below reserved; the shortage is stated',
  REFUND_REQUIRED: 'paid after expiry and the units are gone; the shortage is stated',
  SKIPPED_BY_OPERATOR: 'any command: it was parked, because deciding it failed, and then given up',
};

/** What a command does, and what still protects once its id is no longer remembered. */
export const commandTexts: Record<AskingCommand['kind'], { effect: string; later: string }> = {
  ReceiveStock: { effect: 'on hand += quantity', later: 'nothing: it counts again' },
  ReserveStock: {
    effect: 'reserved += granted (all, or up to quantity with a minimum)',
    later: 'ALREADY_RESERVED',
  },
  ConfirmReservation: {
    effect: 'on hand −= quantity, reserved −= quantity',
    later: 'ALREADY_CONFIRMED; after a partial one, at most what is pending',
  },
  ReleaseReservation: {
    effect: 'reserved −= quantity; before its reserve: a tombstone',
    later: 'ALREADY_RELEASED; after a partial one, at most what is pending',
  },
  ExtendReservation: { effect: 'the deadline moves', later: 'EXPIRY_INVALID: it is not later' },
  ReturnStock: {
    effect: 'on hand += quantity',
    later: 'QUANTITY_EXCEEDS_CONFIRMED: at most what was sold',
  },
  AdjustStock: { effect: 'on hand += delta', later: 'nothing: it counts again' },
  RetryParked: { effect: 'parked commands are decided, in order', later: 'NOTHING_PARKED' },
  SkipParked: { effect: 'the first parked command is refused', later: 'skips the next one' },
  CountStock: {
    effect: 'on hand := counted',
    later: 'EXPECTATION_FAILED, where expected is given',
  },
};
