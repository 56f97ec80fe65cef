import type { OrderMode } from './orderEvents.ts';
import type { OrderCommand } from './orderFacts.ts';
import type { LineReason, OrderEnding } from './orderRefusals.ts';

/** Settings that a decision depends on. They are data of the state, never read from outside. */
export interface OrderPolicy {
  /** Time to pay of an order that names none, in ms. */
  paymentTtlMs: number;
  /** Longest time to pay, in ms. */
  paymentTtlMsMax: number;
  /** How long reservations outlive the payment deadline, in ms, to catch a dead order engine. */
  graceMs: number;
  /**
   * Longest life that the stock engine gives a reservation, in ms. It is measured there by another
   * log's clock: paymentTtlMsMax + graceMs should stay below it by more than clocks differ.
   */
  reservationTtlMsMax: number;
}

/**
 * unplaced: only refused events so far. reserving, confirming, releasing: waits for the stock
 * engine. reserved: waits for the payment. The others are final; confirmed also when units were
 * missing.
 */
export type OrderPhase =
  | 'unplaced'
  | 'reserving'
  | 'reserved'
  | 'confirming'
  | 'confirmed'
  | 'releasing'
  | 'rejected'
  | 'cancelled'
  | 'expired';

/** An order without its lines. Replaced as a whole by each fact. */
export interface OrderHead {
  orderId: string;
  phase: OrderPhase;
  mode: OrderMode;
  /** Log position of OrderPlaced; empty until it was opened. */
  cause: string;
  /** Payment deadline in ms since 1970; 0 until it was opened. It runs once it is reserved. */
  expiresAt: number;
  /** Time to pay that it was placed with, in ms; absent until it was opened. */
  lifeMs?: number;
  /** The earliest end of a reservation of its lines, in ms since 1970, as far as it was stated. */
  heldUntil?: number;
  /** Lines that wait for a reply. */
  waiting: number;
  /** Of the last verdict; 0 before the first. */
  sequence: number;
  /** Whether a reserving verdict has said that units are held. */
  reserved: boolean;
  placedBy: string | null;
  paidBy: string | null;
  /** Paid before a verdict said what is held: the payment is then for all that was requested. */
  paidAhead: boolean;
  cancelledBy: string | null;
  /** What ended the order, from the moment on when the release began. */
  ending: OrderEnding | null;
  releaseReason: string;
  /** Returns that were accepted. */
  returns: number;
}

/** All that the order wants of one stock item. It waits for one command at a time. */
export interface OrderLine {
  sku: string;
  location: string;
  requested: number;
  /** Units that the stock engine reserved, whatever became of them. */
  granted: number;
  /** Sold, released, expired and returned so far, whoever did it, as the stock engine last said. */
  confirmed: number;
  released: number;
  expired?: number;
  returned?: number;
  /** Of the totals that said so; absent before the first ones. */
  sequence?: number;
  waiting: OrderCommand['kind'] | null;
  /** Why the last command was refused. */
  reason: LineReason | null;
  shortage: number | null;
}

export interface ReturnLine {
  sku: string;
  location: string;
  requested: number;
  returned: number;
  waiting: boolean;
  reason: LineReason | null;
}

/** A return that waits for the stock engine. */
export interface OpenReturn {
  eventId: string;
  number: number;
  /** Lines that wait for a reply. */
  waiting: number;
  lines: ReturnLine[];
}

/** An upstream event, as a repeat of it is known again. */
export interface NotedEvent {
  eventId: string;
  digest: number;
}

/**
 * One order: plain data, as it is stored. `evolveOrder` updates the lists in place (the values
 * inside are never changed, only replaced), so that a reply costs the same on a line or a thousand.
 */
export interface Order {
  head: OrderHead;
  lines: OrderLine[];
  returns: OpenReturn[];
  accepted: NotedEvent[];
  refused: NotedEvent[];
}

/** What the fold works on: a working copy that the batch owns. */
export interface OrderState {
  policy: OrderPolicy;
  orders: Map<string, Order>;
  /** For a tick: the lane's due orders by deadline, then order id. */
  due: string[];
}

export function emptyOrderState(policy: OrderPolicy): OrderState {
  return { policy, orders: new Map(), due: [] };
}

/** An order of which nothing is known. */
export function unplacedOrder(orderId: string): Order {
  const head: OrderHead = {
    orderId,
    phase: 'unplaced',
    mode: 'all',
    cause: '',
    expiresAt: 0,
    waiting: 0,
    sequence: 0,
    reserved: false,
    placedBy: null,
    paidBy: null,
    paidAhead: false,
    cancelledBy: null,
    ending: null,
    releaseReason: '',
    returns: 0,
  };
  return { head, lines: [], returns: [], accepted: [], refused: [] };
}

/**
 * The payment deadline that a tick has to look for, in ms since 1970; null when none is running,
 * because the order is not reserved yet, paid, given up or final.
 */
export function runningDeadline({ phase, paidBy, expiresAt }: OrderHead): number | null {
  return phase === 'reserved' && paidBy === null ? expiresAt : null;
}

/** Expired from the deadline on, whether or not a tick has come. */
export function isOverdue(head: OrderHead, now: number): boolean {
  const deadline = runningDeadline(head);
  return deadline !== null && now >= deadline;
}
