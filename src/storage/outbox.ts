import type { RowDataPacket } from 'mysql2/promise';
import { levelAfter } from '../domain/stockLevel.ts';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { invariant } from '../ops/errors.ts';
import { type LaneRows, eachRow } from './laneRows.ts';
import type { EngineName } from './progress.ts';
import { type SqlValue, rowLiterals } from './rowLiterals.ts';
import { writeRows } from './rowStatements.ts';
import { type StoredHeaders, fromStoredHeaders, toStoredHeaders } from './storedHeaders.ts';
import type { Querying } from './together.ts';

/** A message to publish. Its sequence is dense per lane and in commit order. */
export interface OutboxRow {
  sequence: number;
  /** Decides the topic: a stock engine's event or reply, an order engine's command or verdict. */
  kind: 'event' | 'reply' | 'command' | 'verdict' | 'dead-letter';
  /** On the first outcome of a command: the id by which it is remembered. */
  commandId: string | null;
  /** Log time in ms since 1970. */
  time: number;
  key: Buffer | string | null;
  /** Of a dead letter: published with it. Of an outcome: `mailboxHeaders`, if asked for. */
  headers: RecordHeaders | null;
  value: Buffer | null;
  /** On an event that moved a stock item: the level it left. Part of `value`, not a column. */
  level: PublishedStockLevel | null;
}

type StoredRow = Omit<OutboxRow, 'headers' | 'level'> & { headers: StoredHeaders | null };

/** Adds rows in the caller's transaction, which holds the progress row that numbered them. */
export async function appendOutbox(
  connection: Querying,
  engine: EngineName,
  rows: readonly LaneRows<OutboxRow>[],
): Promise<void> {
  const values = eachRow(rows, (lane, row) => outboxValues(engine, lane, row));
  const affectedRows = await writeRows(
    connection,
    values,
    (list) => `INSERT INTO outbox
       (engine, lane, sequence, kind, command_id, time, record_key, headers, value)
     VALUES ${rowLiterals(list)}`,
  );
  const { length } = values;
  invariant(affectedRows === length, `${affectedRows} of ${length} outbox rows written`);
}

/** The values of a row in the order of the table's columns. */
export function outboxValues(
  engine: EngineName,
  lane: number,
  { sequence, kind, commandId, time, key, headers, value }: OutboxRow,
): SqlValue[] {
  const json = headers && toStoredHeaders(headers);
  return [engine, lane, sequence, kind, commandId, time, key, json, value];
}

/** Rows after a sequence, in order, at most so many and (but for the first) so many bytes. */
export async function readOutbox(
  connection: Querying,
  engine: EngineName,
  lane: number,
  after: number,
  limits: { rowsMax: number; bytesMax: number },
): Promise<OutboxRow[]> {
  const [rows] = await connection.query<(RowDataPacket & StoredRow)[]>(
    `SELECT sequence, kind, command_id AS commandId, time, record_key AS \`key\`, headers, value
     FROM outbox JOIN (
       SELECT sequence, ROW_NUMBER() OVER growing AS place, SUM(bytes) OVER growing AS bytes
       FROM (
         SELECT sequence, COALESCE(LENGTH(record_key), 0) + COALESCE(LENGTH(headers), 0)
           + COALESCE(LENGTH(value), 0) AS bytes
         FROM outbox WHERE engine = ? AND lane = ? AND sequence > ? ORDER BY sequence LIMIT ?
       ) AS waiting
       WINDOW growing AS (ORDER BY sequence)
     ) AS counted USING (sequence)
     WHERE engine = ? AND lane = ? AND (bytes <= ? OR place = 1) ORDER BY sequence`,
    [engine, lane, after, limits.rowsMax, engine, lane, limits.bytesMax],
  );
  return rows.map(({ headers, ...row }) => {
    return { ...row, headers: headers && fromStoredHeaders(headers), level: levelIn(row) };
  });
}

function levelIn({ kind, value }: Pick<OutboxRow, 'kind' | 'value'>): PublishedStockLevel | null {
  if (kind !== 'event') return null;
  const event = decodeStockEvent(value);
  return event.sequence > 0 ? levelAfter(event) : null;
}
