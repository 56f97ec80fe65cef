import type { RejectionReason } from '../rejections.ts';
import type { ReservationTotals } from '../reservationTotals.ts';

/** What every event of the order service carries. */
interface UpstreamHead {
  /** Chosen by the sender, the idempotency key within the order: 1 to 64 ASCII characters. */
  eventId: string;
  orderId: string;
}

/** Units of one stock item, as an order or a return names them. */
export interface AskedLine {
  sku: string;
  location: string;
  quantity: number;
}

/**
 * `all`: every unit of every line or nothing. `partial`: what is there of each line, if it is at
 * least one unit of one line.
 */
export type OrderMode = 'all' | 'partial';

/** A new order: its lines are to be held until it is paid. */
export interface OrderPlaced extends UpstreamHead {
  kind: 'OrderPlaced';
  /** 1 to 1000; lines of one stock item are summed. */
  lines: AskedLine[];
  mode: OrderMode;
  /** Payment deadline in ms since 1970, or null. */
  expiresAt: number | null;
  /** Time to pay in seconds from the log time, or null. Neither: the default. Both: refused. */
  ttlSeconds: number | null;
}

/** The order is paid: what is held is to be sold. */
export interface OrderPaid extends UpstreamHead {
  kind: 'OrderPaid';
}

/** The order is given up before it was paid: what is held is to be released. */
export interface OrderCancelled extends UpstreamHead {
  kind: 'OrderCancelled';
  /** May be empty. */
  reason: string;
}

/** Sold units of the order came back. An order can have many returns, each under its own id. */
export interface OrderReturned extends UpstreamHead {
  kind: 'OrderReturned';
  /** 1 to 1000; lines of one stock item are summed. */
  lines: AskedLine[];
}

/** The stock engine's answer to a command of the order. */
export interface StockReply {
  kind: 'StockReply';
  orderId: string;
  /** The command that this answers. */
  commandId: string;
  sku: string;
  location: string;
  /** Units that were reserved, confirmed, released or returned; 0 when refused. */
  quantity: number;
  /** Why the command was refused; null when it was granted. */
  reason: RejectionReason | null;
  /** Units that were missing, when it was refused for want of units. */
  shortage: number | null;
  /**
   * What has become of the reservation, whoever moved its units; null without one, and from
   * releases that did not state it.
   */
  totals: ReservationTotals | null;
}

/**
 * A tick: releases the lines of orders whose payment deadline has passed. It changes no verdict.
 */
export interface DeadlinesDue {
  kind: 'DeadlinesDue';
  /** Lines to release at most, 1 to 1000; the first due order goes as a whole. */
  limit: number;
}

/** An event that the order service sends. Each gets exactly one verdict that names it. */
export type UpstreamEvent = OrderPlaced | OrderPaid | OrderCancelled | OrderReturned;

export type OrderEvent = UpstreamEvent | StockReply | DeadlinesDue;
