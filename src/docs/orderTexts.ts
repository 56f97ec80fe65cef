import type { UpstreamEvent } from '../domain/order/orderEvents.ts';
import type { OrderRefusal, OrderRejection, RefundReason } from '../domain/order/orderRefusals.ts';

type Sent = UpstreamEvent['kind'];

/** What an order service gets for what it sends, by the state of the order. */
export const orderAnswers: [sent: Sent | 'nothing', when: string, gets: string][] = [
  ['OrderPlaced', 'every unit of every line is there', '`OrderStockReserved`, with the deadline'],
  [
    'OrderPlaced',
    'mode partial, and a unit of some line is there',
    '`OrderStockPartiallyReserved`: each line says what is held',
  ],
  [
    'OrderPlaced',
    'a line is refused (mode partial: every line), or the order makes no sense',
    '`OrderStockRejected`, once nothing is held any more: each line says why',
  ],
  ['OrderPaid', 'reserved, before the deadline in the log', '`OrderStockConfirmed`'],
  [
    'OrderPaid',
    'still being reserved',
    'first the verdict on OrderPlaced, then the one on the payment',
  ],
  [
    'OrderPaid',
    'at or after the deadline, or the order was rejected or cancelled',
    '`OrderRefundRequired`: all of it but what somebody else has sold',
  ],
  [
    'OrderPaid',
    'units of a reserved line are gone (the order engine stood still beyond the grace period)',
    '`OrderRefundRequired`: each line says how many were sold and how many are to be repaid',
  ],
  ['OrderCancelled', 'being reserved, or reserved', '`OrderStockReleased`, once nothing is held'],
  [
    'OrderCancelled',
    'not placed yet',
    '`OrderStockReleased` at once; a later OrderPlaced is rejected (ORDER_CANCELLED)',
  ],
  [
    'OrderReturned',
    'confirmed, or given up after somebody else had sold units to it',
    '`OrderStockReturned`: each line says what is on hand again',
  ],
  [
    'nothing',
    'reserved, and the deadline passes unpaid',
    '`OrderStockExpired`, once nothing is held',
  ],
];

/** What each refusal of an event means. */
export const orderRefusalTexts: Record<OrderRefusal, string> = {
  EVENT_ID_INVALID: 'the event id is not 1 to 64 printable ASCII characters without spaces',
  ORDER_ID_INVALID: 'the order id is not 1 to 64 printable ASCII characters without spaces',
  EVENT_ID_REUSED: 'the order had this event id with another body',
  REASON_INVALID: 'the reason is longer than 200 characters or holds a control character',
  LINES_MISSING: 'a return without lines',
  TOO_MANY_LINES: 'a return of more than 1000 lines',
  ORDER_UNKNOWN: 'the order was neither placed nor cancelled',
  ALREADY_PLACED: 'an order id is placed once, even when that was rejected',
  ALREADY_CANCELLED: 'a second cancellation',
  ALREADY_REJECTED: 'a cancellation of what was never held',
  ALREADY_EXPIRED: 'a cancellation after the payment deadline',
  ALREADY_PAID: 'a second payment, or a cancellation after one: paid orders are returned',
  NOT_CONFIRMED: 'a return of what is not sold, or not yet',
  TOO_MANY_RETURNS: '10 returns wait for the stock engine, or 1000 were accepted',
};

/** Why an order as a whole is rejected. */
export const orderRejectionTexts: Record<OrderRejection, string> = {
  LINES_MISSING: 'no lines',
  TOO_MANY_LINES: 'more than 1000 lines',
  LINES_INVALID: 'a line makes no sense: each line says its own reason',
  EXPIRY_INVALID: 'the payment deadline is past or too far away, or was given in two ways',
  ORDER_CANCELLED: 'cancelled before it was reserved',
  PAYMENT_OVERDUE: 'older releases: the payment deadline passed before it was reserved',
  RESERVED_TOO_LATE: 'the stock engine was so late that the first holds would end before payment',
  LINES_REFUSED: 'the stock engine refused lines: each says why',
};

/** Why a payment, or a part of it, is to be repaid. */
export const refundTexts: Record<RefundReason, string> = {
  ORDER_REJECTED: 'the order was rejected for what it asked',
  ORDER_CANCELLED: 'the order was cancelled before it was paid',
  PAYMENT_OVERDUE: 'the payment came at or after the deadline: the units were released',
  UNITS_MISSING: 'paid in time, but units could not be had: each line says how many, and why',
};
