import { createHash } from 'node:crypto';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { OperationalError } from '../ops/errors.ts';
import type { Querying } from './together.ts';

/** Something that an operator did, or does. */
export interface Operation {
  id: number;
  verb: string;
  arguments: Record<string, unknown>;
  /** User and host. */
  who: string;
  /** Times in ms since 1970, by the clock of that host. */
  startedAt: number;
  endedAt: number | null;
  /** `interrupted`: it neither ended nor runs any more; nothing of it was applied by halves. */
  outcome: 'running' | 'done' | 'failed' | 'interrupted';
  detail: string;
}

const detailLengthMax = 1000;

/**
 * Takes the lock that lets one operation at a time change a database. It dies with the connection.
 * Throws OPERATION_RUNNING.
 */
export async function lockOperations(connection: Connection, settings: Settings): Promise<void> {
  const [rows] = await connection.query<(RowDataPacket & { got: number | null })[]>(
    'SELECT GET_LOCK(?, 0) AS got',
    [lockName(settings)],
  );
  if (rows[0]?.got === 1) return;
  const [running] = (await listOperations(connection, 1)).filter(({ endedAt }) => endedAt === null);
  const what = running
    ? `${running.verb} by ${running.who}, begun ${new Date(running.startedAt).toISOString()}`
    : 'another one';
  throw new OperationalError('OPERATION_RUNNING', `one operation at a time: ${what} runs`, {
    hint: 'Wait until it ends: `onhand operations` lists them. A killed one is gone at once.',
  });
}

/** Whether the connection of that id holds the lock, as any connection sees it. */
export async function holdsOperationLock(
  reader: Querying,
  settings: Settings,
  connectionId: number,
): Promise<boolean> {
  const [rows] = await reader.query<(RowDataPacket & { holder: number | null })[]>(
    'SELECT IS_USED_LOCK(?) AS holder',
    [lockName(settings)],
  );
  return rows[0]?.holder === connectionId;
}

/**
 * Notes that an operation begins, and of earlier ones that never ended that they were interrupted.
 * Call it with the lock. Returns its id.
 */
export async function beginOperation(
  connection: Connection,
  {
    verb,
    arguments: given,
    who,
    startedAt,
  }: Omit<Operation, 'id' | 'endedAt' | 'outcome' | 'detail'>,
): Promise<number> {
  await connection.query(
    `UPDATE operations SET outcome = 'interrupted', ended_at = ? WHERE outcome = 'running'`,
    [startedAt],
  );
  const [{ insertId }] = await connection.query<ResultSetHeader>(
    `INSERT INTO operations (verb, arguments, who, started_at, outcome)
     VALUES (?, ?, ?, ?, 'running')`,
    [verb, JSON.stringify(given), who, startedAt],
  );
  return insertId;
}

/** Notes how an operation ended; `endedAt` in ms since 1970. */
export async function endOperation(
  connection: Connection,
  id: number,
  outcome: 'done' | 'failed',
  detail: string,
  endedAt: number,
): Promise<void> {
  await connection.query(
    'UPDATE operations SET outcome = ?, detail = ?, ended_at = ? WHERE id = ?',
    [outcome, detail.slice(0, detailLengthMax), endedAt, id],
  );
}

/** The last operations, the youngest first. */
export async function listOperations(reader: Querying, limit: number): Promise<Operation[]> {
  const [rows] = await reader.query<(RowDataPacket & Operation)[]>(
    `SELECT id, verb, arguments, who, started_at AS startedAt, ended_at AS endedAt, outcome, detail
     FROM operations ORDER BY id DESC LIMIT ?`,
    [limit],
  );
  return rows;
}

/** Names of locks have 64 characters at most, and belong to the whole server. */
function lockName({ ONHAND_MYSQL_DATABASE: database }: Settings): string {
  const digest = createHash('sha256').update(database).digest('hex');
  return `onhand-operation-${digest.slice(0, 32)}`;
}
