import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type LaneTable, columnsOf } from './laneTables.ts';
import { packetsOf } from './packets.ts';

/** A row's values in the order of `columnsOf`. */
export type TableRow = unknown[];

const batchRowsMax = 1000;

/** The name of a table's shadow. */
export function shadowOf({ name }: Pick<LaneTable, 'name'>): string {
  return `shadow_${name}`;
}

/**
 * Makes an empty shadow of a table: temporary, so that nobody but this connection sees it, it is
 * never logged or replicated, and nothing is left of it when the connection ends, however it ends.
 */
export async function createShadow(connection: Connection, table: LaneTable): Promise<void> {
  const columns = columnsOf(table).join(', ');
  await connection.query(
    `CREATE TEMPORARY TABLE ${shadowOf(table)} (PRIMARY KEY (${table.key.join(', ')}))
     SELECT ${columns} FROM ${table.name} LIMIT 0`,
  );
}

/** Writes rows into a shadow, in place of those with the same key. */
export async function putShadow(
  connection: Connection,
  table: LaneTable,
  rows: Iterable<TableRow>,
): Promise<void> {
  const sql = `REPLACE INTO ${shadowOf(table)} (${columnsOf(table).join(', ')}) VALUES ?`;
  for (const batch of packetsOf(rows, batchRowsMax)) await connection.query(sql, [batch]);
}

export async function emptyShadow(connection: Connection, table: LaneTable): Promise<void> {
  await connection.query(`DELETE FROM ${shadowOf(table)}`);
}

export async function countShadow(connection: Connection, table: LaneTable): Promise<number> {
  const [rows] = await connection.query<(RowDataPacket & { count: number })[]>(
    `SELECT COUNT(*) AS count FROM ${shadowOf(table)}`,
  );
  return rows[0]?.count ?? 0;
}
