import type { OutboxRow } from '../src/storage/outbox.ts';

/** Lengths and flags of a record, and what its level on stock.levels adds, generously. */
const recordOverheadBytes = 64;

/** How many of the rows go together: as many as the limits allow, at least one if there are any. */
export function cutRows(
  rows: readonly OutboxRow[],
  limits: { rowsMax: number; bytesMax: number },
): number {
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    bytes += rowBytes(row);
    if (index > 0 && (index >= limits.rowsMax || bytes > limits.bytesMax)) return index;
  }
  return rows.length;
}

/** About how much a row adds to its transaction. */
export function rowBytes({ key, value, headers }: OutboxRow): number {
  let bytes = recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, header] of Object.entries(headers ?? {})) {
    for (const part of [header].flat()) bytes += name.length + part.length;
  }
  return bytes;
}
