import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { EngineName } from './progress.ts';

/** Rows deleted by one statement at most: small enough that nobody waits for it. */
const chunkRows = 2000;

/**
 * Deletes the oldest rows of a lane's outbox, by key range and in small chunks: those that are
 * published (up to that sequence) and older than a log time in ms since 1970. Returns how many.
 */
export async function pruneOutbox(
  pool: Pool,
  engine: EngineName,
  lane: number,
  published: number,
  before: number,
): Promise<number> {
  for (let pruned = 0; ;) {
    const [rows] = await pool.query<(RowDataPacket & { last: number | null })[]>(
      `SELECT MAX(sequence) AS last FROM (
         SELECT sequence, time FROM outbox WHERE engine = ? AND lane = ? AND sequence <= ?
         ORDER BY sequence LIMIT ?
       ) AS oldest WHERE time < ?`,
      [engine, lane, published, chunkRows, before],
    );
    const last = rows[0]?.last ?? null;
    if (last === null) return pruned;
    const [{ affectedRows }] = await pool.query<ResultSetHeader>(
      'DELETE FROM outbox WHERE engine = ? AND lane = ? AND sequence <= ?',
      [engine, lane, last],
    );
    pruned += affectedRows;
  }
}
