import { invariant } from '../ops/errors.ts';

/**
 * Rows as a table, one placeholder each. Joined from there, MySQL looks each one up by its key,
 * whatever its statistics say; given a list with IN it may decide to scan the whole lane.
 */
export function namedRows(rows: readonly unknown[]): string {
  return `(VALUES ${rows.map(() => 'ROW(?)').join(', ')})`;
}

/**
 * Holds what INSERT … ON DUPLICATE KEY UPDATE answered against what was to be written: MySQL counts
 * 1 for an inserted row and 2 for a changed one. Throws InvariantError.
 */
export function requireAllWritten(
  affectedRows: number,
  written: readonly { isNew: boolean }[],
  what: string,
): void {
  const expected = written.reduce((sum, { isNew }) => sum + (isNew ? 1 : 2), 0);
  invariant(affectedRows === expected, `${affectedRows} instead of ${expected} ${what} changes`);
}
