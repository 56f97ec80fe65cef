import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { type Progress, requireClaim } from './progress.ts';
import { allOf, together } from './together.ts';

/** Rows deleted by one statement at most: small enough that nobody waits for it. */
const chunkRows = 2000;

/**
 * Deletes the oldest rows of a lane's outbox, by key range and in small chunks: those that are
 * published and were forgotten `memoryMs` of log time ago. Both are judged by what the database
 * says of the lane, and only while it is this claim's. Returns how many; throws FencedError.
 */
export async function pruneOutbox(
  pool: Pool,
  claim: Pick<Progress, 'engine' | 'lane' | 'epoch'>,
  memoryMs: number,
): Promise<number> {
  for (let pruned = 0; ;) {
    const last = await lastToPrune(pool, claim, memoryMs);
    if (last === null) return pruned;
    pruned += await deleteUpTo(pool, claim, last);
  }
}

async function lastToPrune(
  pool: Pool,
  { engine, lane, epoch }: Pick<Progress, 'engine' | 'lane' | 'epoch'>,
  memoryMs: number,
): Promise<number | null> {
  const [facts] = await pool.query<(RowDataPacket & { published: number; logTime: number })[]>(
    `SELECT published, log_time AS logTime FROM publications JOIN progress USING (engine, lane)
     WHERE engine = ? AND lane = ? AND epoch = ?`,
    [engine, lane, epoch],
  );
  const [fact] = facts;
  if (!fact) return null;
  const [rows] = await pool.query<(RowDataPacket & { last: number | null })[]>(
    `SELECT MAX(sequence) AS last FROM (
       SELECT sequence, time FROM outbox WHERE engine = ? AND lane = ? AND sequence <= ?
       ORDER BY sequence LIMIT ?
     ) AS oldest WHERE time < ?`,
    [engine, lane, fact.published, chunkRows, fact.logTime - memoryMs],
  );
  return rows[0]?.last ?? null;
}

/** Asking for the epoch in the DELETE itself would keep the lane out until it is done. */
async function deleteUpTo(
  pool: Pool,
  claim: Pick<Progress, 'engine' | 'lane' | 'epoch'>,
  last: number,
): Promise<number> {
  const packet = together(pool);
  const ours = requireClaim(packet, claim);
  const deleted = packet.query<ResultSetHeader>(
    'DELETE FROM outbox WHERE engine = ? AND lane = ? AND sequence <= ?',
    [claim.engine, claim.lane, last],
  );
  await allOf([ours, deleted]);
  return (await deleted)[0].affectedRows;
}
