import type { RowDataPacket } from 'mysql2/promise';
import type { Querying } from './together.ts';

/** A reservation that still holds units. */
export interface OpenReservation {
  lane: number;
  orderId: string;
  sku: string;
  location: string;
  granted: number;
  pending: number;
  /** Log times in ms since 1970. */
  startedAt: number;
  expiresAt: number;
  /** Of its lane. */
  logTime: number;
}

/** Which of them are wanted. */
export interface OpenReservationFilter {
  /** Those of one stock keeping unit, at any location. */
  sku?: string;
  /**
   * Those whose deadline is at or before this time, in ms since 1970, or before the log time of
   * their lane, by which it is decided.
   */
  dueBy?: number;
}

/** What holds units in these lanes, those with the earliest deadline first, at most so many. */
export async function readOpenReservations(
  reader: Querying,
  lanes: readonly number[],
  { sku, dueBy }: OpenReservationFilter,
  rowsMax: number,
): Promise<OpenReservation[]> {
  // The bound for all lanes is there for the index on deadlines: it ends the reading.
  const until = dueBy ?? Number.MAX_SAFE_INTEGER;
  const [rows] = await reader.query<(RowDataPacket & OpenReservation)[]>(
    `SELECT reservations.lane, order_id AS orderId, sku, location, granted, pending,
       started_at AS startedAt, expires_at AS expiresAt, progress.log_time AS logTime
     FROM reservations
     JOIN progress ON progress.engine = 'stock' AND progress.lane = reservations.lane
     WHERE reservations.lane IN (?) AND due_at <= GREATEST(?, progress.log_time)
       AND due_at <= (SELECT GREATEST(?, MAX(log_time)) FROM progress WHERE engine = 'stock')
       AND (? IS NULL OR sku = ?)
     ORDER BY due_at, sku, location, order_id LIMIT ?`,
    [lanes, until, until, sku ?? null, sku ?? null, rowsMax],
  );
  return rows;
}
