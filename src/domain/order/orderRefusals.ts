import type { RejectionReason } from '../rejections.ts';
import type { UpstreamEvent } from './orderEvents.ts';

/**
 * Every reason why an upstream event can be refused, in order of precedence: the first that applies
 * is the one that is given. A refused event changes nothing.
 */
export const ORDER_REFUSALS = [
  /** The event id is no id. */
  'EVENT_ID_INVALID',
  /** The order id is no id. */
  'ORDER_ID_INVALID',
  /** The order had this event id with another body. */
  'EVENT_ID_REUSED',
  /** The reason is too long or has control characters. */
  'REASON_INVALID',
  /** A return without lines. */
  'LINES_MISSING',
  /** A return of more than 1000 lines. */
  'TOO_MANY_LINES',
  /** Payment or return of an order that was neither placed nor cancelled. */
  'ORDER_UNKNOWN',
  /** An order id is placed once, even when that was rejected. */
  'ALREADY_PLACED',
  /** A second cancellation. */
  'ALREADY_CANCELLED',
  /** A cancellation of what was never held. */
  'ALREADY_REJECTED',
  /** A cancellation after the payment deadline. */
  'ALREADY_EXPIRED',
  /** A second payment; or a cancellation after one: paid orders are returned, not cancelled. */
  'ALREADY_PAID',
  /** A return of what is not sold, or not yet. */
  'NOT_CONFIRMED',
  /** 10 returns wait for the stock engine, or 1000 were accepted. */
  'TOO_MANY_RETURNS',
] as const;

export type OrderRefusal = (typeof ORDER_REFUSALS)[number];

const anyEvent = ['EVENT_ID_INVALID', 'ORDER_ID_INVALID', 'EVENT_ID_REUSED'] as const;

/**
 * What each event can be refused for, in order of precedence. The compiler holds the code to it.
 */
export const ORDER_REFUSALS_OF = {
  OrderPlaced: [...anyEvent, 'ALREADY_PLACED'],
  OrderPaid: [...anyEvent, 'ORDER_UNKNOWN', 'ALREADY_PAID'],
  OrderCancelled: [
    ...anyEvent,
    'REASON_INVALID',
    'ALREADY_CANCELLED',
    'ALREADY_REJECTED',
    'ALREADY_EXPIRED',
    'ALREADY_PAID',
  ],
  OrderReturned: [
    ...anyEvent,
    'LINES_MISSING',
    'TOO_MANY_LINES',
    'ORDER_UNKNOWN',
    'NOT_CONFIRMED',
    'TOO_MANY_RETURNS',
  ],
} as const satisfies Record<UpstreamEvent['kind'], readonly OrderRefusal[]>;

/** A refusal that events of this kind can meet; null: the event is accepted. */
export type RefusalOf<Kind extends UpstreamEvent['kind']> =
  (typeof ORDER_REFUSALS_OF)[Kind][number] | null;

/**
 * Why an order as a whole is rejected. The first four are found in OrderPlaced itself, in this
 * order of precedence. Of the others the one that comes first in the log is given.
 */
export const ORDER_REJECTIONS = [
  /** No lines. */
  'LINES_MISSING',
  /** More than 1000 lines. */
  'TOO_MANY_LINES',
  /** A line makes no sense: each line says its own reason. */
  'LINES_INVALID',
  /** The payment deadline is past or too far, or was given in two ways. */
  'EXPIRY_INVALID',
  /** Cancelled before it was reserved. */
  'ORDER_CANCELLED',
  /** The payment deadline passed before it was reserved; older releases gave up for that. */
  'PAYMENT_OVERDUE',
  /** The stock engine was so late that the first lines' holds would end before it can be paid. */
  'RESERVED_TOO_LATE',
  /** Lines were refused by the stock engine: each says why. */
  'LINES_REFUSED',
] as const;

export type OrderRejection = (typeof ORDER_REJECTIONS)[number];

/** What ended an order that had been found well-formed. */
export type OrderEnding = Extract<
  OrderRejection,
  'ORDER_CANCELLED' | 'PAYMENT_OVERDUE' | 'RESERVED_TOO_LATE' | 'LINES_REFUSED'
>;

/** Why a payment, or a part of it, is to be repaid. */
export const REFUND_REASONS = [
  /** The order was rejected for what it asked. */
  'ORDER_REJECTED',
  /** The order was cancelled before it was paid. */
  'ORDER_CANCELLED',
  /** The payment came at or after the deadline. */
  'PAYMENT_OVERDUE',
  /** Paid in time, but units could not be had: each line says how many, and why. */
  'UNITS_MISSING',
] as const;

export type RefundReason = (typeof REFUND_REASONS)[number];

/** What a line can be refused for: by the stock engine, or LINE_UNKNOWN on a return. */
export type LineReason = RejectionReason | 'LINE_UNKNOWN';
