import type { RowDataPacket } from 'mysql2/promise';
import type { Querying } from './together.ts';

/** The server's time, in ms since 1970. */
export async function readClock(reader: Querying): Promise<number> {
  const [rows] = await reader.query<(RowDataPacket & { now: number })[]>(
    'SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now',
  );
  return rows[0]?.now ?? 0;
}
