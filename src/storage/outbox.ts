import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { invariant } from '../ops/errors.ts';
import type { EngineName } from './progress.ts';

/** A message to publish. Its sequence is dense per lane and in commit order. */
export interface OutboxRow {
  sequence: number;
  /** Decides the topic. */
  kind: 'event' | 'dead-letter';
  /** On the first outcome of a command: the id by which it is remembered. */
  commandId: string | null;
  /** Log time in ms since 1970. */
  time: number;
  key: Buffer | string | null;
  headers: Record<string, string> | null;
  value: Buffer | null;
}

/** Adds rows in the caller's transaction, which holds the progress row that numbered them. */
export async function appendOutbox(
  connection: PoolConnection,
  engine: EngineName,
  lane: number,
  rows: readonly OutboxRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ sequence, kind, commandId, time, key, headers, value }) => {
    const json = headers && JSON.stringify(headers);
    return [engine, lane, sequence, kind, commandId, time, key, json, value];
  });
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `INSERT INTO outbox
       (engine, lane, sequence, kind, command_id, time, record_key, headers, value) VALUES ?`,
    [values],
  );
  invariant(affectedRows === rows.length, `${affectedRows} of ${rows.length} outbox rows written`);
}

/** Rows after a sequence, in order, at most so many. */
export async function readOutbox(
  connection: Pick<Pool, 'query'>,
  engine: EngineName,
  lane: number,
  after: number,
  limit: number,
): Promise<OutboxRow[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT sequence, kind, command_id AS commandId, time, record_key AS \`key\`, headers, value
     FROM outbox WHERE engine = ? AND lane = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    [engine, lane, after, limit],
  );
  return rows as OutboxRow[];
}
