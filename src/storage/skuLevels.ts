import type { RowDataPacket } from 'mysql2/promise';
import type { StoredLevel } from './readLane.ts';
import type { Querying } from './together.ts';

/** The levels of a SKU, by location, as its lane has them. */
export async function readSkuLevels(
  reader: Querying,
  lane: number,
  sku: string,
): Promise<StoredLevel[]> {
  const [rows] = await reader.query<(RowDataPacket & StoredLevel)[]>(
    `SELECT sku, location, on_hand AS onHand, reserved, sequence, known FROM stock_levels
     WHERE lane = ? AND sku = ? ORDER BY location`,
    [lane, sku],
  );
  return rows.map((row) => ({ ...row, known: Boolean(row.known) }));
}
