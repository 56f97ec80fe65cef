import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { invariant } from '../ops/errors.ts';
import { type SqlValue, rowLiterals } from './rowLiterals.ts';
import { writeRows } from './rowStatements.ts';
import type { Querying } from './together.ts';

/** A command that waits: deciding it failed, or one before it on the same stock item. */
export interface ParkedRow {
  sku: string;
  location: string;
  offset: number;
  /** Log time of its arrival, in ms since 1970. */
  time: number;
  value: Buffer;
}

/** How many commands of each stock item wait in a lane. */
export async function countParked(
  reader: Querying,
  lane: number,
): Promise<{ sku: string; location: string; waiting: number }[]> {
  const [rows] = await reader.query<
    (RowDataPacket & { sku: string; location: string; waiting: number })[]
  >(
    `SELECT sku, location, COUNT(*) AS waiting FROM parked_commands
     WHERE lane = ? GROUP BY sku, location`,
    [lane],
  );
  return rows;
}

/** The commands of a stock item that wait, in log order. */
export async function readParked(
  reader: Querying,
  lane: number,
  sku: string,
  location: string,
): Promise<ParkedRow[]> {
  const [rows] = await reader.query<(RowDataPacket & ParkedRow)[]>(
    `SELECT sku, location, log_offset AS offset, time, value FROM parked_commands
     WHERE lane = ? AND sku = ? AND location = ? ORDER BY log_offset`,
    [lane, sku, location],
  );
  return rows;
}

/** Writes what a slice has parked and taken up again, in the caller's transaction. */
export async function saveParked(
  connection: Querying,
  lane: number,
  added: readonly ParkedRow[],
  removed: readonly number[],
): Promise<void> {
  if (removed.length > 0) {
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
      'DELETE FROM parked_commands WHERE lane = ? AND log_offset IN (?)',
      [lane, removed],
    );
    invariant(affectedRows === removed.length, `${affectedRows} of ${removed.length} unparked`);
  }
  const rows = added.map(({ offset, sku, location, time, value }): SqlValue[] => {
    return [lane, offset, sku, location, time, value];
  });
  const columns = 'lane, log_offset, sku, location, time, value';
  await writeRows(connection, rows, (list) => {
    return `INSERT INTO parked_commands (${columns}) VALUES ${rowLiterals(list)}`;
  });
}

/** A stock item with parked commands, and why its first one could not be decided. */
export interface ParkedItem {
  lane: number;
  sku: string;
  location: string;
  waiting: number;
  /** Log time at which its first command was parked, in ms since 1970. */
  since: number;
  reason: string | null;
}

/** All stock items with parked commands. */
export async function listParkedItems(reader: Querying): Promise<ParkedItem[]> {
  const [rows] = await reader.query<(RowDataPacket & ParkedItem)[]>(
    `SELECT item.lane, item.sku, item.location, item.waiting, first.time AS since,
       (SELECT reason FROM failed_decisions AS failed
        WHERE failed.engine = 'stock' AND failed.lane = item.lane
          AND failed.log_offset = item.log_offset
        ORDER BY at_offset DESC LIMIT 1) AS reason
     FROM (
       SELECT lane, sku, location, COUNT(*) AS waiting, MIN(log_offset) AS log_offset
       FROM parked_commands GROUP BY lane, sku, location
     ) AS item JOIN parked_commands AS first USING (lane, log_offset)
     ORDER BY item.lane, item.sku, item.location`,
  );
  return rows;
}
