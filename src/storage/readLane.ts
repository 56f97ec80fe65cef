import type { Connection } from 'mysql2/promise';
import type { Order } from '../domain/order/orderState.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import type { OutboxRow } from './outbox.ts';
import type { ParkedRow } from './parkedCommands.ts';
import type { LaneId } from './progress.ts';
import { type StoredHeaders, fromStoredHeaders } from './storedHeaders.ts';
import { streamRows } from './streamRows.ts';

export type StoredLevel = StockLevel & { sku: string; location: string };
export type StoredReservation = Reservation & { sku: string; location: string };

/** An order as a row of its table. */
export interface StoredOrder {
  orderId: string;
  state: Order;
  /** Payment deadline in ms since 1970 while it runs. */
  dueAt: number | null;
  /** Log offset before which it was last changed. */
  applied: number;
}

/** An outbox row as it is stored, without what is only read off its value. */
export type StoredOutboxRow = Omit<OutboxRow, 'level'>;

type Rows<Row> = AsyncGenerator<Row[], void, undefined>;

/** Every level of a lane, in batches. */
export async function* readLevels(connection: Connection, lane: number): Rows<StoredLevel> {
  const sql = `SELECT sku, location, on_hand AS onHand, reserved, sequence, known
    FROM stock_levels WHERE lane = ?`;
  for await (const rows of streamRows<StoredLevel>(connection, sql, [lane])) {
    for (const row of rows) row.known = Boolean(row.known);
    yield rows;
  }
}

/** Every reservation of a lane, in batches. */
export async function* readReservations(
  connection: Connection,
  lane: number,
): Rows<StoredReservation> {
  const sql = `SELECT order_id AS orderId, sku, location, granted, pending, confirmed, released,
      expired, returned, started_at AS startedAt, expires_at AS expiresAt, tombstone
    FROM reservations WHERE lane = ?`;
  for await (const rows of streamRows<StoredReservation>(connection, sql, [lane])) {
    for (const row of rows) row.tombstone = Boolean(row.tombstone);
    yield rows;
  }
}

/** Every parked command of a lane, in batches. */
export function readAllParked(connection: Connection, lane: number): Rows<ParkedRow> {
  const sql = `SELECT sku, location, log_offset AS offset, time, value
    FROM parked_commands WHERE lane = ?`;
  return streamRows(connection, sql, [lane]);
}

/** Every order of a lane, in batches. */
export function readAllOrders(connection: Connection, lane: number): Rows<StoredOrder> {
  const sql = `SELECT order_id AS orderId, state, due_at AS dueAt, applied
    FROM orders WHERE lane = ?`;
  return streamRows(connection, sql, [lane]);
}

/** The outbox rows of a lane after a sequence, all without one, in order and in batches. */
export async function* readWholeOutbox(
  connection: Connection,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
  after = Number.MIN_SAFE_INTEGER,
): Rows<StoredOutboxRow> {
  const sql = `SELECT sequence, kind, command_id AS commandId, time, record_key AS \`key\`, headers,
      value
    FROM outbox WHERE engine = ? AND lane = ? AND sequence > ? ORDER BY sequence`;
  type Row = Omit<StoredOutboxRow, 'headers'> & { headers: StoredHeaders | null };
  for await (const rows of streamRows<Row>(connection, sql, [engine, lane, after])) {
    yield rows.map((row) => {
      return row.headers === null
        ? (row as StoredOutboxRow)
        : { ...row, headers: fromStoredHeaders(row.headers) };
    });
  }
}
