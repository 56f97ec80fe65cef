import type { RowDataPacket } from 'mysql2/promise';
import type { Querying } from '../storage/together.ts';

const orderBy = {
  progress: 'engine, lane',
  stock_levels: 'lane, sku, location',
  reservations: 'lane, order_id, sku, location',
  parked_commands: 'lane, log_offset',
  failed_decisions: 'engine, lane, at_offset, log_offset',
  orders: 'lane, order_id',
  outbox: 'engine, lane, sequence',
  publications: 'engine, lane',
};

/** Every row of every table that lanes have, for a test that they are as they were. */
export async function laneContents(
  reader: Querying,
): Promise<Record<keyof typeof orderBy, RowDataPacket[]>> {
  const contents = {} as Record<keyof typeof orderBy, RowDataPacket[]>;
  for (const [table, columns] of Object.entries(orderBy)) {
    const [rows] = await reader.query<RowDataPacket[]>(
      `SELECT * FROM ${table} ORDER BY ${columns}`,
    );
    contents[table as keyof typeof orderBy] = rows;
  }
  return contents;
}
