import type { StockEvent } from './events.ts';
import type { Reservation } from './reservation.ts';
import type { StockLevel } from './stockLevel.ts';
import { noStock } from './stockLevel.ts';

/** Settings that a decision depends on. They are data of the state, never read from outside. */
export interface Policy {
  /** Life of a reservation that names none, in ms. */
  reservationTtlMs: number;
  /** Longest life of a reservation from its start, extensions included, in ms. */
  reservationTtlMsMax: number;
  /** How long a command id is remembered, in ms of log time. */
  commandMemoryMs: number;
}

/** One SKU at one location with those of its reservations that the decision may need. */
export interface StockItem {
  sku: string;
  location: string;
  level: StockLevel;
  reservations: Map<string, Reservation>;
  /** No loaded reservation is due before this time, in ms; it saves looking through them. */
  nothingDueBefore: number;
}

/** The outcome by which an already decided command is known again. */
export type RememberedOutcome = StockEvent & { commandDigest: number };

/**
 * What the fold works on: a working copy that the batch owns and `evolve` updates in place (the
 * values inside are never changed, only replaced).
 */
export interface StockState {
  policy: Policy;
  items: Map<string, StockItem>;
  /** First outcomes by command id. */
  remembered: Map<string, RememberedOutcome>;
  /** For a tick: the lane's due reservations by deadline, then SKU, location and order. */
  due: { sku: string; location: string; orderId: string }[];
  /** Commands that wait behind one that could not be decided, by stock item. */
  parked: Map<string, number>;
}

export function emptyState(policy: Policy): StockState {
  return { policy, items: new Map(), remembered: new Map(), due: [], parked: new Map() };
}

/** Where most stock items are. */
const DEFAULT_LOCATION = 'main';

/**
 * The key of a stock item in `items`. At the default location it is the SKU: no string is built.
 */
export function itemKey(sku: string, location: string): string {
  return location === DEFAULT_LOCATION ? sku : `${sku}\n${location}`;
}

/** The stock item of that name, made on first use. */
export function itemOf(state: StockState, sku: string, location: string): StockItem {
  const key = itemKey(sku, location);
  let item = state.items.get(key);
  if (!item) {
    item = { sku, location, level: noStock, reservations: new Map(), nothingDueBefore: Infinity };
    state.items.set(key, item);
  }
  return item;
}

/** Puts a reservation into the item, in place of an earlier version of it. */
export function putReservation(item: StockItem, reservation: Reservation): void {
  item.reservations.set(reservation.orderId, reservation);
  if (reservation.pending > 0 && reservation.expiresAt < item.nothingDueBefore) {
    item.nothingDueBefore = reservation.expiresAt;
  }
}

/** Remembers the earliest deadline of what is loaded, after a look through it found none due. */
export function raiseNothingDueBefore(item: StockItem): void {
  let earliest = Infinity;
  for (const { pending, expiresAt } of item.reservations.values()) {
    if (pending > 0 && expiresAt < earliest) earliest = expiresAt;
  }
  item.nothingDueBefore = earliest;
}

/** The first outcome of a command id, as long as it is remembered; undefined for a new id. */
export function recall(
  state: StockState,
  commandId: string,
  now: number,
): RememberedOutcome | undefined {
  const first = state.remembered.get(commandId);
  return first && now - first.time < state.policy.commandMemoryMs ? first : undefined;
}
