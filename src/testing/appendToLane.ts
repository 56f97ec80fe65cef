import { type OutboxRow, appendOutbox } from '../storage/outbox.ts';
import type { Querying } from '../storage/together.ts';

/** Rows as a slice of a stock lane leaves them, without what caused them. */
export async function appendToLane(
  connection: Querying,
  lane: number,
  rows: readonly OutboxRow[],
): Promise<void> {
  await appendOutbox(connection, 'stock', [{ lane, rows }]);
  await connection.query(
    "UPDATE progress SET outbox_sequence = ? WHERE engine = 'stock' AND lane = ?",
    [rows.at(-1)?.sequence, lane],
  );
}
