import type { RowDataPacket } from 'mysql2/promise';
import type { EngineName } from './progress.ts';
import type { Querying } from './together.ts';

/** A decision that threw again and again. */
export interface FailedDecision {
  /** Offset of the record at which it was decided: the command itself, or a retry. */
  at: number;
  /** Offset of the command. */
  offset: number;
  reason: string;
}

/** Notes failed decisions in the caller's transaction, together with the parking they led to. */
export async function saveFailedDecisions(
  connection: Querying,
  engine: EngineName,
  lane: number,
  failed: readonly FailedDecision[],
): Promise<void> {
  if (failed.length === 0) return;
  const rows = failed.map(({ at, offset, reason }) => [engine, lane, at, offset, reason]);
  await connection.query(
    'INSERT INTO failed_decisions (engine, lane, at_offset, log_offset, reason) VALUES ?',
    [rows],
  );
}

/** All failed decisions of a lane. */
export async function readFailedDecisions(
  reader: Querying,
  engine: EngineName,
  lane: number,
): Promise<FailedDecision[]> {
  const [rows] = await reader.query<(RowDataPacket & FailedDecision)[]>(
    `SELECT at_offset AS at, log_offset AS offset, reason FROM failed_decisions
     WHERE engine = ? AND lane = ?`,
    [engine, lane],
  );
  return rows;
}
