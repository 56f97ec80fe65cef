import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { EngineName, Progress } from '../src/storage/progress.ts';

/**
 * Those of an engine's lanes that the database says to be earlier in their logs than they are, or
 * not to have begun: it was put back to an earlier moment under the process. `lanes`: as they were
 * before the call. Throws what MySQL throws.
 */
export async function lanesPutBack(
  pool: Pool,
  engine: EngineName,
  lanes: readonly Progress[],
): Promise<number[]> {
  if (lanes.length === 0) return [];
  const [rows] = await pool.query<(RowDataPacket & { lane: number; nextOffset: number })[]>(
    'SELECT lane, next_offset AS nextOffset FROM progress WHERE engine = ?',
    [engine],
  );
  const stored = new Map(rows.map(({ lane, nextOffset }) => [lane, nextOffset]));
  return lanes
    .filter(({ lane, nextOffset }) => (stored.get(lane) ?? 0) < nextOffset)
    .map(({ lane }) => lane);
}
