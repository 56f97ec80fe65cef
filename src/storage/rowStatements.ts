import { invariant } from '../ops/errors.ts';
import type { LaneRows } from './laneRows.ts';
import { type SqlValue, rowLiterals } from './rowLiterals.ts';

/**
 * Rows as a table. Join from there with the key's name in FORCE INDEX: given a list with IN, or
 * while the statistics of a young table say that it is empty, MySQL may read the whole lane for
 * each row (seconds instead of milliseconds).
 */
export function namedRows(rows: Iterable<readonly SqlValue[]>): string {
  return `(VALUES ${rowLiterals(rows, 'ROW')})`;
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
