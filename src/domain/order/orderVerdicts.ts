import type { UpstreamEvent } from './orderEvents.ts';
import type { LineReason, OrderRefusal, OrderRejection, RefundReason } from './orderRefusals.ts';

/** What every verdict carries. */
export interface VerdictHead {
  orderId: string;
  /** Contiguous per order from 1; 0 when the event named no valid order or had no valid id. */
  sequence: number;
  /** The upstream event that this answers; null on an expiry, which nobody asked for. */
  answers: string | null;
  /** Log time of the cause, in ms since 1970, never smaller than on an earlier one of the lane. */
  time: number;
}

/** A line of a reserving verdict: one per stock item. */
export interface ReservedLine {
  sku: string;
  location: string;
  requested: number;
  /** Units held now; 0 when refused, and on every line of a rejected order. */
  granted: number;
  /** Units that were sold meanwhile, by somebody else's stock command. */
  confirmed: number;
  /** Why nothing was granted; null when the line itself was not refused. */
  reason: LineReason | null;
  shortage: number | null;
}

/** A line of the answer to a payment. */
export interface PaidLine {
  sku: string;
  location: string;
  /** Units sold, whoever booked them. */
  confirmed: number;
  /** Units of these that have come back already. */
  returned: number;
  /** Units that were paid for and that the customer neither has nor will get: to be repaid. */
  refund: number;
  /** Why the stock engine refused the line, at whichever step, or what became of missing units. */
  reason: LineReason | null;
  shortage: number | null;
}

/** A line of a release. */
export interface ReleasedLine {
  sku: string;
  location: string;
  /** Units that were given back, whoever did it. */
  released: number;
  /** Units that somebody else's stock command has sold: they left, and nobody has paid. */
  confirmed: number;
  /** Units that the stock engine had expired by itself; they are available again, too. */
  expired: number;
  /** Why the stock engine had nothing to release (for example ALREADY_EXPIRED); else null. */
  reason: LineReason | null;
}

/** A line of a return. */
export interface ReturnedLine {
  sku: string;
  location: string;
  requested: number;
  /** Units that are on hand again: all that were requested, or 0. */
  returned: number;
  /** Units of the order's that have come back so far, whoever booked them, as far as is known. */
  returnedInAll: number;
  reason: LineReason | null;
}

/** Every unit of every line is held until the deadline. Answers OrderPlaced. */
export interface OrderStockReserved {
  kind: 'OrderStockReserved';
  /** Payment deadline in ms since 1970: paid before it in the log means paid. */
  expiresAt: number;
  lines: ReservedLine[];
}

/** Mode partial: at least one unit, but not every one, is held. Answers OrderPlaced. */
export interface OrderStockPartiallyReserved {
  kind: 'OrderStockPartiallyReserved';
  /** Payment deadline in ms since 1970. */
  expiresAt: number;
  lines: ReservedLine[];
}

/** Nothing is held and nothing will be. Answers OrderPlaced. */
export interface OrderStockRejected {
  kind: 'OrderStockRejected';
  reason: OrderRejection;
  /** It had been paid in time: the OrderRefundRequired that follows at once says what to repay. */
  paid: boolean;
  lines: ReservedLine[];
}

/** All that was paid for is sold. Answers OrderPaid. */
export interface OrderStockConfirmed {
  kind: 'OrderStockConfirmed';
  lines: PaidLine[];
}

/** What was paid for cannot be had, in whole or in part. Answers OrderPaid. */
export interface OrderRefundRequired {
  kind: 'OrderRefundRequired';
  reason: RefundReason;
  /** Empty when the order's lines are not known; then all of the payment is to be repaid. */
  lines: PaidLine[];
}

/** Nothing is held any more. Answers OrderCancelled. */
export interface OrderStockReleased {
  kind: 'OrderStockReleased';
  /** Empty when the order was cancelled before it was placed. */
  lines: ReleasedLine[];
}

/** The order was reserved and not paid in time: nothing is held any more. Answers nobody. */
export interface OrderStockExpired {
  kind: 'OrderStockExpired';
  /** The deadline that passed, in ms since 1970. */
  expiresAt: number;
  lines: ReleasedLine[];
}

/** What became of a return. Answers OrderReturned. */
export interface OrderStockReturned {
  kind: 'OrderStockReturned';
  lines: ReturnedLine[];
}

/** The event was refused and has changed nothing. */
export interface OrderEventRefused {
  kind: 'OrderEventRefused';
  event: UpstreamEvent['kind'];
  reason: OrderRefusal;
}

export type VerdictBody =
  | OrderStockReserved
  | OrderStockPartiallyReserved
  | OrderStockRejected
  | OrderStockConfirmed
  | OrderRefundRequired
  | OrderStockReleased
  | OrderStockExpired
  | OrderStockReturned
  | OrderEventRefused;

export type OrderVerdict = VerdictHead & VerdictBody;
