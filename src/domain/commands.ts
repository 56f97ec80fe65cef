/** What every command but the tick carries. */
interface CommandHead {
  /** Chosen by the sender, the idempotency key: 1 to 64 printable ASCII characters, no spaces. */
  commandId: string;
  sku: string;
  location: string;
  /** Its outcome is also told to the order that it names. No part of what is asked for. */
  reply?: boolean;
}

/** Goods came in: on hand += quantity. */
export interface ReceiveStock extends CommandHead {
  kind: 'ReceiveStock';
  quantity: number;
}

/** Holds units for an order: reserved += what is granted. */
export interface ReserveStock extends CommandHead {
  kind: 'ReserveStock';
  orderId: string;
  quantity: number;
  /** Null: all or nothing. A number: grant up to `quantity`, but at least this many. */
  minimum: number | null;
  /** Deadline in ms since 1970, or null. */
  expiresAt: number | null;
  /** Life in seconds from the log time, or null. Neither: the default life. Both: refused. */
  ttlSeconds: number | null;
}

/** The order is paid: on hand and reserved −= quantity. */
export interface ConfirmReservation extends CommandHead {
  kind: 'ConfirmReservation';
  orderId: string;
  /** Null: all that is pending. */
  quantity: number | null;
}

/** The order is cancelled: reserved −= quantity. Before its reserve it leaves a tombstone. */
export interface ReleaseReservation extends CommandHead {
  kind: 'ReleaseReservation';
  orderId: string;
  /** Null: all that is pending. */
  quantity: number | null;
  /** May be empty. */
  reason: string;
}

/** Moves a reservation's deadline to a later time. */
export interface ExtendReservation extends CommandHead {
  kind: 'ExtendReservation';
  orderId: string;
  /** New deadline in ms since 1970. */
  expiresAt: number;
}

/** Sold goods came back: on hand += quantity. */
export interface ReturnStock extends CommandHead {
  kind: 'ReturnStock';
  orderId: string;
  quantity: number;
}

/** A correction by difference: on hand += delta. */
export interface AdjustStock extends CommandHead {
  kind: 'AdjustStock';
  /** Positive or negative, never 0. */
  delta: number;
  reason: string;
}

/** A stock-take: on hand := counted. */
export interface CountStock extends CommandHead {
  kind: 'CountStock';
  counted: number;
  /** What on hand must be now for the count to hold, or null. */
  expected: number | null;
  reason: string;
}

/** An operator takes up the parked commands of the stock item again, in order. */
export interface RetryParked extends CommandHead {
  kind: 'RetryParked';
}

/** An operator gives up the first parked command of the stock item; it is refused. */
export interface SkipParked extends CommandHead {
  kind: 'SkipParked';
}

/** A tick: moves the units of reservations that are due. It changes no verdict. */
export interface ExpireDue {
  kind: 'ExpireDue';
  /** Reservations to expire at most, 1 to 1000. */
  limit: number;
}

/** A command that asks for something and gets exactly one outcome event. */
export type AskingCommand =
  | ReceiveStock
  | ReserveStock
  | ConfirmReservation
  | ReleaseReservation
  | ExtendReservation
  | ReturnStock
  | AdjustStock
  | CountStock
  | RetryParked
  | SkipParked;

export type StockCommand = AskingCommand | ExpireDue;
