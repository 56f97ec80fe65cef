import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import { type OutboxRow, readOutbox } from './outbox.ts';

export type StoredLevel = StockLevel & { sku: string; location: string };
export type StoredReservation = Reservation & { sku: string; location: string };

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

/** Every outbox row of a lane, in order, read in chunks. */
export async function* readWholeOutbox(
  connection: Connection,
  lane: number,
): AsyncGenerator<OutboxRow> {
  for (let after = -1; ;) {
    const rows = await readOutbox(connection, 'stock', lane, after, chunk);
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last.sequence;
  }
}
