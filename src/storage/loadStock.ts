import type { RowDataPacket } from 'mysql2/promise';
import type { StockState } from '../domain/stockState.ts';
import { itemOf, putReservation } from '../domain/stockState.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { invariant } from '../ops/errors.ts';
import { type RememberedRow, type ReservationRow, reservationColumns } from './findStock.ts';
import type { SliceLookups } from './sliceLookups.ts';
import type { Querying } from './together.ts';

/** What a slice names, and so what has to be in the state before its first decision. */
export interface NamedStock {
  items: [sku: string, location: string][];
  orderIds: string[];
  commandIds: string[];
}

/** Puts the levels of the named items into the state. */
export async function loadLevels(
  lookups: SliceLookups,
  lane: number,
  items: NamedStock['items'],
  state: StockState,
): Promise<void> {
  for (const row of await lookups.levels(lane, items)) {
    const { sku, location, onHand, reserved, sequence, known } = row;
    // The same assertion as before the write: a level that breaks it was not written by us.
    invariant(reserved >= 0 && onHand >= reserved, `${sku} at ${location}: ${onHand}/${reserved}`);
    itemOf(state, sku, location).level = { onHand, reserved, sequence, known: Boolean(known) };
  }
}

/** Puts the reservations of the named orders into the state. */
export async function loadReservations(
  lookups: SliceLookups,
  lane: number,
  orderIds: string[],
  state: StockState,
): Promise<void> {
  for (const row of await lookups.reservations(lane, orderIds)) putReservationRow(state, row);
}

/** Puts those reservations of the named items into the state that are due at a log time. */
export async function loadDueOfItems(
  reader: Querying,
  lane: number,
  items: NamedStock['items'],
  now: number,
  state: StockState,
): Promise<void> {
  if (items.length === 0) return;
  const [rows] = await reader.query<(RowDataPacket & ReservationRow)[]>(
    `SELECT ${reservationColumns} FROM reservations
     WHERE lane = ? AND due_at <= ? AND (sku, location) IN (?)`,
    [lane, now, items],
  );
  rows.forEach((row) => putReservationRow(state, row));
}

/** Lists the lane's due reservations in the state, in the order in which a tick expires them. */
export async function loadDueOfLane(
  reader: Querying,
  lane: number,
  now: number,
  limit: number,
  state: StockState,
): Promise<void> {
  const [rows] = await reader.query<(RowDataPacket & ReservationRow)[]>(
    `SELECT ${reservationColumns} FROM reservations WHERE lane = ? AND due_at <= ?
     ORDER BY due_at, sku, location, order_id LIMIT ?`,
    [lane, now, limit],
  );
  state.due = rows.map((row) => {
    putReservationRow(state, row);
    return { sku: row.sku, location: row.location, orderId: row.orderId };
  });
}

/** Earliest deadline of what the lane still holds, in ms since 1970; Infinity when nothing is. */
export async function readEarliestDeadline(reader: Querying, lane: number): Promise<number> {
  const [rows] = await reader.query<(RowDataPacket & { earliest: number | null })[]>(
    'SELECT MIN(due_at) AS earliest FROM reservations WHERE lane = ?',
    [lane],
  );
  return rows[0]?.earliest ?? Infinity;
}

/** Puts the first outcomes of those command ids into the state that were decided before. */
export async function loadRemembered(
  lookups: SliceLookups,
  lane: number,
  commandIds: string[],
  state: StockState,
): Promise<void> {
  for (const row of await lookups.remembered(lane, commandIds)) putRememberedRow(state, row);
}

export function putRememberedRow(
  state: StockState,
  { commandId, value }: Pick<RememberedRow, 'commandId' | 'value'>,
): void {
  const { commandDigest, ...event } = decodeStockEvent(value);
  invariant(commandDigest !== null, `the outcome of command ${commandId} has no digest`);
  state.remembered.set(commandId, { ...event, commandDigest });
}

export function putReservationRow(state: StockState, row: ReservationRow): void {
  const { lane: _lane, sku, location, tombstone, ...reservation } = row;
  const item = itemOf(state, sku, location);
  putReservation(item, { ...reservation, tombstone: Boolean(tombstone) });
}
