import type { Pool, RowDataPacket } from 'mysql2/promise';

const tables = ['progress', 'stock_levels', 'reservations', 'parked_commands', 'outbox'] as const;

/** Every row of the engine's tables, for a test that nothing was written. */
export async function storedTables(pool: Pool): Promise<Record<string, RowDataPacket[]>> {
  const stored: Record<string, RowDataPacket[]> = {};
  for (const table of tables) {
    [stored[table]] = await pool.query<RowDataPacket[]>('SELECT * FROM ?? ORDER BY 1, 2, 3', [
      table,
    ]);
  }
  return stored;
}
