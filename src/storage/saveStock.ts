import type { ResultSetHeader } from 'mysql2/promise';
import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import { InvariantError, invariant } from '../ops/errors.ts';
import { namedRows, requireAllWritten } from './rowStatements.ts';
import { type Querying, allOf } from './together.ts';

/** The level of a stock item after a slice, and the sequence that it had before. */
export interface ChangedLevel extends StockLevel {
  sku: string;
  location: string;
  previousSequence: number;
}

/** A reservation after a slice. */
export interface ChangedReservation {
  reservation: Reservation;
  item: { sku: string; location: string };
  /** True when the slice opened it. */
  isNew: boolean;
}

/**
 * Writes levels, each row guarded by its old sequence, in the caller's transaction. Throws
 * InvariantError when a row is not as it was read: somebody else has written it.
 */
export async function saveLevels(
  connection: Querying,
  lane: number,
  levels: ChangedLevel[],
): Promise<void> {
  levels.forEach(requireSound);
  const fresh = levels.filter(({ previousSequence }) => previousSequence === 0);
  const moved = levels.filter(({ previousSequence }) => previousSequence > 0);
  await allOf([insertLevels(connection, lane, fresh), updateLevels(connection, lane, moved)]);
}

async function insertLevels(
  connection: Querying,
  lane: number,
  levels: ChangedLevel[],
): Promise<void> {
  if (levels.length === 0) return;
  const rows = levels.map(({ sku, location, onHand, reserved, sequence, known }) => {
    return [lane, sku, location, onHand, reserved, sequence, known];
  });
  await connection.query(
    'INSERT INTO stock_levels (lane, sku, location, on_hand, reserved, sequence, known) VALUES ?',
    [rows],
  );
}

async function updateLevels(
  connection: Querying,
  lane: number,
  levels: ChangedLevel[],
): Promise<void> {
  if (levels.length === 0) return;
  const rows = levels.map((level) => {
    const { sku, location, previousSequence, onHand, reserved, sequence, known } = level;
    return [sku, location, previousSequence, onHand, reserved, sequence, known];
  });
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `UPDATE stock_levels AS level FORCE INDEX (PRIMARY)
     JOIN ${namedRows(rows)}
       AS next (sku, location, previous_sequence, on_hand, reserved, sequence, known)
       ON level.lane = ? AND level.sku = next.sku AND level.location = next.location
       AND level.sequence = next.previous_sequence
     SET level.on_hand = next.on_hand, level.reserved = next.reserved,
       level.sequence = next.sequence, level.known = next.known`,
    [...rows, lane],
  );
  invariant(affectedRows === levels.length, `${affectedRows} of ${levels.length} levels matched`);
}

/** Writes reservations, new and old in one statement, in the caller's transaction. */
export async function saveReservations(
  connection: Querying,
  lane: number,
  reservations: ChangedReservation[],
): Promise<void> {
  if (reservations.length === 0) return;
  const rows = reservations.map(({ reservation: r, item: { sku, location } }) => {
    const quantities = [r.granted, r.pending, r.confirmed, r.released, r.expired, r.returned];
    return [lane, r.orderId, sku, location, ...quantities, r.startedAt, r.expiresAt, r.tombstone];
  });
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `INSERT INTO reservations
       (lane, order_id, sku, location, granted, pending, confirmed, released, expired, returned,
        started_at, expires_at, tombstone)
     VALUES ? AS next
     ON DUPLICATE KEY UPDATE pending = next.pending, confirmed = next.confirmed,
       released = next.released, expired = next.expired, returned = next.returned,
       expires_at = next.expires_at`,
    [rows],
  );
  requireAllWritten(affectedRows, reservations, 'reservation');
}

/** Forgets command ids whose memory has run out, so that they can be remembered anew. */
export async function forgetCommands(
  connection: Querying,
  lane: number,
  commandIds: string[],
): Promise<void> {
  if (commandIds.length === 0) return;
  await connection.query(
    `UPDATE outbox SET command_id = NULL
     WHERE engine = 'stock' AND lane = ? AND command_id IN (?)`,
    [lane, commandIds],
  );
}

function requireSound({ sku, location, onHand, reserved }: ChangedLevel): void {
  if (reserved >= 0 && onHand >= reserved) return;
  throw new InvariantError(
    `${sku} at ${location} would get on hand ${onHand}, reserved ${reserved}`,
  );
}
