import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { EngineName } from './progress.ts';

/** The sequence up to which rows are on Kafka for certain; 0 when that is not known. */
export async function readPublished(pool: Pool, engine: EngineName, lane: number): Promise<number> {
  const [rows] = await pool.query<(RowDataPacket & { published: number })[]>(
    'SELECT published FROM publications WHERE engine = ? AND lane = ?',
    [engine, lane],
  );
  return rows[0]?.published ?? 0;
}

/**
 * Notes that rows up to a sequence are on Kafka. The cursor on Kafka is ahead of this note; the
 * note is the floor when Kafka has forgotten its cursor, and tells which rows may be pruned.
 */
export async function notePublished(
  pool: Pool,
  engine: EngineName,
  lane: number,
  published: number,
): Promise<void> {
  await pool.query(
    `INSERT INTO publications (engine, lane, published) VALUES (?, ?, ?) AS note
     ON DUPLICATE KEY UPDATE published = GREATEST(publications.published, note.published)`,
    [engine, lane, published],
  );
}
