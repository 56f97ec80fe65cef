import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { EngineName } from './progress.ts';

const tables = { stock: 'reservations', order: 'orders' };

/** Those of the lanes that hold something whose deadline (ms since 1970) has passed. */
export async function dueLanes(
  pool: Pool,
  engine: EngineName,
  lanes: number[],
  now: number,
): Promise<number[]> {
  if (lanes.length === 0) return [];
  const [rows] = await pool.query<(RowDataPacket & { lane: number })[]>(
    'SELECT lane FROM ?? WHERE lane IN (?) AND due_at <= ? GROUP BY lane',
    [tables[engine], lanes, now],
  );
  return rows.map(({ lane }) => lane);
}
