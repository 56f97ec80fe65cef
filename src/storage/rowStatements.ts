import type { ResultSetHeader } from 'mysql2/promise';
import { invariant } from '../ops/errors.ts';
import type { LaneRows } from './laneRows.ts';
import { packetsOf } from './packets.ts';
import { type SqlValue, literal, rowLiterals } from './rowLiterals.ts';
import { type Querying, allOf } from './together.ts';

/**
 * Rows as a table. Join from there with the key's name in FORCE INDEX: given a list with IN, or
 * while the statistics of a young table say that it is empty, MySQL may read the whole lane for
 * each row (seconds instead of milliseconds).
 */
export function namedRows(rows: Iterable<readonly SqlValue[]>): string {
  return `(VALUES ${rowLiterals(rows, 'ROW')})`;
}

/** Below this, making a table of rows takes longer than reading them. */
const tableRowsMin = 50;

/**
 * What follows INSERT INTO … (columns), for rows that go by the name `next`. In many rows, columns
 * that are the same in all of them are written once: MySQL takes as long to read a value as to
 * store it. Measured with 2,000 reservations: 32 ms, and 28 for many SKUs, 20 for one.
 */
export function nextRows(columns: readonly string[], rows: readonly SqlValue[][]): string {
  const [first] = rows;
  if (!first || rows.length < tableRowsMin) return `VALUES ${rowLiterals(rows)} AS next`;
  const varying = [...first.keys()].filter((at) => rows.some((row) => row[at] !== first[at]));
  // A table has a column at least.
  if (varying.length === 0) varying.push(0);
  const selected = columns.map((column, at) => {
    const place = varying.indexOf(at);
    const value = place < 0 ? literal(first[at]!) : `column_${place}`;
    return `${value} AS ${column}`;
  });
  const table = rows.map((row) => varying.map((at) => row[at]!));
  return `SELECT * FROM (SELECT ${selected.join(', ')} FROM ${namedRows(table)} AS given) AS next`;
}

/**
 * Runs a statement for each of the lists that the rows take; usually it is one, and for no rows
 * none. Returns how many rows they affected in all.
 */
export async function writeRows<Row extends readonly unknown[]>(
  connection: Querying,
  rows: readonly Row[],
  statement: (list: Row[]) => string,
): Promise<number> {
  let affected = 0;
  const write = async (list: Row[]) => {
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(statement(list));
    affected += affectedRows;
  };
  await allOf([...packetsOf(rows)].map(write));
  return affected;
}

/**
 * Holds what INSERT … ON DUPLICATE KEY UPDATE answered against what was to be written: MySQL counts
 * 1 for an inserted row and 2 for a changed one. Throws InvariantError.
 */
export function requireAllWritten(
  affectedRows: number,
  written: readonly LaneRows<{ isNew: boolean }>[],
  what: string,
): void {
  let expected = 0;
  for (const { rows } of written) for (const { isNew } of rows) expected += isNew ? 1 : 2;
  invariant(affectedRows === expected, `${affectedRows} instead of ${expected} ${what} changes`);
}
