import type { Pool, RowDataPacket } from 'mysql2/promise';

/** Those of the lanes that hold reservations whose deadline (ms since 1970) has passed. */
export async function dueLanes(pool: Pool, lanes: number[], now: number): Promise<number[]> {
  if (lanes.length === 0) return [];
  const [rows] = await pool.query<(RowDataPacket & { lane: number })[]>(
    `SELECT lane FROM reservations WHERE lane IN (?) AND due_at <= ? GROUP BY lane`,
    [lanes, now],
  );
  return rows.map(({ lane }) => lane);
}
