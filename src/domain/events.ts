import type { AskingCommand } from './commands.ts';
import type { RejectionReason } from './rejections.ts';

/** What every stock event carries. */
export interface EventHead {
  sku: string;
  location: string;
  /** Contiguous per stock item from 1; 0 when the command names no valid stock item. */
  sequence: number;
  /** The command that this answers; null on an expiry, which nobody asked for. */
  commandId: string | null;
  /** Digest of that command's body, by which a repeat is told from a re-used id; else null. */
  commandDigest: number | null;
  /**
   * Log time of the cause, in ms since 1970, never smaller than on an earlier event of the lane.
   */
  time: number;
  onHandBefore: number;
  reservedBefore: number;
  onHandAfter: number;
  reservedAfter: number;
}

export interface StockReceived {
  kind: 'StockReceived';
  quantity: number;
}

export interface StockReserved {
  kind: 'StockReserved';
  orderId: string;
  requested: number;
  granted: number;
  /** Deadline in ms since 1970. */
  expiresAt: number;
}

export interface ReservationConfirmed {
  kind: 'ReservationConfirmed';
  orderId: string;
  quantity: number;
  /** Units of the reservation that are still held. */
  pending: number;
  /** True when the units had expired and were taken again. */
  late: boolean;
}

export interface ReservationReleased {
  kind: 'ReservationReleased';
  orderId: string;
  /** 0 on a tombstone. */
  quantity: number;
  pending: number;
  reason: string;
  /** True when the release came before the reserve: a reserve of this order will be refused. */
  tombstone: boolean;
}

export interface ReservationExpired {
  kind: 'ReservationExpired';
  orderId: string;
  quantity: number;
  /** The deadline that passed, in ms since 1970. */
  expiresAt: number;
}

export interface ReservationExtended {
  kind: 'ReservationExtended';
  orderId: string;
  previousExpiresAt: number;
  expiresAt: number;
}

export interface StockReturned {
  kind: 'StockReturned';
  orderId: string;
  quantity: number;
  /** Units of the reservation that have come back so far, these included. */
  returned: number;
}

export interface StockAdjusted {
  kind: 'StockAdjusted';
  delta: number;
  reason: string;
}

export interface StockCounted {
  kind: 'StockCounted';
  counted: number;
  /** counted − on hand before. */
  delta: number;
  reason: string;
}

/** Parked commands were taken up again; their own outcomes follow. */
export interface ParkedRetried {
  kind: 'ParkedRetried';
  /** Commands that were waiting. */
  waiting: number;
}

/** The first parked command was given up; its own refusal follows. */
export interface ParkedSkipped {
  kind: 'ParkedSkipped';
  /** Commands that go on waiting. */
  waiting: number;
}

/** A refusal is a receipt: what was asked, and (in the head) what the writer saw. */
export interface CommandRejected {
  kind: 'CommandRejected';
  command: AskingCommand['kind'];
  reason: RejectionReason;
  orderId: string | null;
  /** Units asked for; null when the command names none. */
  requested: number | null;
  /**
   * Units missing for the command to be granted; null when it was not refused for want of units.
   */
  shortage: number | null;
}

export type EventBody =
  | StockReceived
  | StockReserved
  | ReservationConfirmed
  | ReservationReleased
  | ReservationExpired
  | ReservationExtended
  | StockReturned
  | StockAdjusted
  | StockCounted
  | ParkedRetried
  | ParkedSkipped
  | CommandRejected;

export type StockEvent = EventHead & EventBody;
