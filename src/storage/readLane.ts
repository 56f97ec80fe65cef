import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Order } from '../domain/order/orderState.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import { type OutboxRow, readOutbox } from './outbox.ts';
import type { EngineName } from './progress.ts';

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

const chunk = { rowsMax: 5000, bytesMax: 16_777_216 };

/** Every level of a lane. */
export async function readLevels(connection: Connection, lane: number): Promise<StoredLevel[]> {
  const [rows] = await connection.query<(RowDataPacket & StoredLevel)[]>(
    `SELECT sku, location, on_hand AS onHand, reserved, sequence, known FROM stock_levels
     WHERE lane = ?`,
    [lane],
  );
  return rows.map((row) => ({ ...row, known: Boolean(row.known) }));
}

/** Every reservation of a lane. */
export async function readReservations(
  connection: Connection,
  lane: number,
): Promise<StoredReservation[]> {
  const [rows] = await connection.query<(RowDataPacket & StoredReservation)[]>(
    `SELECT order_id AS orderId, sku, location, granted, pending, confirmed, released, expired,
       returned, started_at AS startedAt, expires_at AS expiresAt, tombstone
     FROM reservations WHERE lane = ?`,
    [lane],
  );
  return rows.map((row) => ({ ...row, tombstone: Boolean(row.tombstone) }));
}

/** Every order of a lane. */
export async function readAllOrders(connection: Connection, lane: number): Promise<StoredOrder[]> {
  const [rows] = await connection.query<(RowDataPacket & StoredOrder)[]>(
    `SELECT order_id AS orderId, state, due_at AS dueAt, applied FROM orders WHERE lane = ?`,
    [lane],
  );
  return rows;
}

/** Every outbox row of a lane after a sequence, in order, read in chunks. */
export async function* readWholeOutbox(
  connection: Connection,
  engine: EngineName,
  lane: number,
  after = 0,
): AsyncGenerator<OutboxRow> {
  for (let last = after; ;) {
    const rows = await readOutbox(connection, engine, lane, last, chunk);
    yield* rows;
    const end = rows.at(-1);
    if (!end) return;
    last = end.sequence;
  }
}
