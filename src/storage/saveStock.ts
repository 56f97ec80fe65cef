import type { Reservation } from '../domain/reservation.ts';
import type { StockLevel } from '../domain/stockLevel.ts';
import { InvariantError, invariant } from '../ops/errors.ts';
import { type LaneRows, eachRow } from './laneRows.ts';
import { columnsOf, reservationsTable } from './laneTables.ts';
import { type SqlValue, rowLiterals } from './rowLiterals.ts';
import { namedRows, nextRows, requireAllWritten, writeRows } from './rowStatements.ts';
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
  levels: readonly LaneRows<ChangedLevel>[],
): Promise<void> {
  const fresh: SqlValue[][] = [];
  const moved: SqlValue[][] = [];
  for (const { lane, rows } of levels) {
    for (const level of rows) {
      requireSound(level);
      const { sku, location, previousSequence, onHand, reserved, sequence, known } = level;
      const after = [onHand, reserved, sequence, known];
      if (previousSequence === 0) fresh.push([lane, sku, location, ...after]);
      else moved.push([lane, sku, location, previousSequence, ...after]);
    }
  }
  await allOf([insertLevels(connection, fresh), updateLevels(connection, moved)]);
}

async function insertLevels(connection: Querying, rows: readonly SqlValue[][]): Promise<void> {
  const columns = 'lane, sku, location, on_hand, reserved, sequence, known';
  await writeRows(connection, rows, (list) => {
    return `INSERT INTO stock_levels (${columns}) VALUES ${rowLiterals(list)}`;
  });
}

async function updateLevels(connection: Querying, rows: readonly SqlValue[][]): Promise<void> {
  const affectedRows = await writeRows(
    connection,
    rows,
    (list) => `UPDATE ${namedRows(list)}
       AS next (lane, sku, location, previous_sequence, on_hand, reserved, sequence, known)
     STRAIGHT_JOIN stock_levels AS level FORCE INDEX (PRIMARY)
       ON level.lane = next.lane AND level.sku = next.sku AND level.location = next.location
       AND level.sequence = next.previous_sequence
     SET level.on_hand = next.on_hand, level.reserved = next.reserved,
       level.sequence = next.sequence, level.known = next.known`,
  );
  invariant(affectedRows === rows.length, `${affectedRows} of ${rows.length} levels matched`);
}

/** Writes reservations, new and old in one statement, in the caller's transaction. */
export async function saveReservations(
  connection: Querying,
  reservations: readonly LaneRows<ChangedReservation>[],
): Promise<void> {
  const rows = eachRow(reservations, (lane, { reservation: r, item: { sku, location } }) => {
    const quantities = [r.granted, r.pending, r.confirmed, r.released, r.expired, r.returned];
    return [lane, r.orderId, sku, location, ...quantities, r.startedAt, r.expiresAt, r.tombstone];
  });
  const columns = columnsOf(reservationsTable);
  const affectedRows = await writeRows(
    connection,
    rows,
    (list) => `INSERT INTO reservations (${columns.join(', ')})
     ${nextRows(columns, list)}
     ON DUPLICATE KEY UPDATE pending = next.pending, confirmed = next.confirmed,
       released = next.released, expired = next.expired, returned = next.returned,
       expires_at = next.expires_at`,
  );
  requireAllWritten(affectedRows, reservations, 'reservation');
}

/** Forgets command ids whose memory has run out, so that they can be remembered anew. */
export async function forgetCommands(
  connection: Querying,
  commandIds: readonly LaneRows<string>[],
): Promise<void> {
  const rows = eachRow(commandIds, (lane, commandId) => [lane, commandId]);
  await writeRows(
    connection,
    rows,
    (list) => `UPDATE ${namedRows(list)} AS forgotten (lane, command_id)
     STRAIGHT_JOIN outbox FORCE INDEX (remembered)
       ON outbox.engine = 'stock' AND outbox.lane = forgotten.lane
       AND outbox.command_id = forgotten.command_id
     SET outbox.command_id = NULL`,
  );
}

function requireSound({ sku, location, onHand, reserved }: ChangedLevel): void {
  if (reserved >= 0 && onHand >= reserved) return;
  throw new InvariantError(
    `${sku} at ${location} would get on hand ${onHand}, reserved ${reserved}`,
  );
}
