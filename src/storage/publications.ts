import type { Pool, RowDataPacket } from 'mysql2/promise';
import { type EngineName, FencedError, type LaneId, type Progress } from './progress.ts';
import type { Querying } from './together.ts';

/** The sequence up to which rows are on Kafka for certain; 0 when that is not known. */
export async function readPublished(
  connection: Querying,
  engine: EngineName,
  lane: number,
): Promise<number> {
  const [rows] = await connection.query<(RowDataPacket & { published: number })[]>(
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

/** Transactional id of the producer that may have a transaction open for a lane, if any. */
export async function readPublisher(
  pool: Pool,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
): Promise<string | undefined> {
  const [rows] = await pool.query<(RowDataPacket & { publisher: string | null })[]>(
    'SELECT publisher FROM publications WHERE engine = ? AND lane = ?',
    [engine, lane],
  );
  return rows[0]?.publisher ?? undefined;
}

/**
 * Makes a producer the one that publishes for a lane, in the caller's transaction. The one before
 * must be fenced by then. Throws FencedError when the lane has been claimed anew since: a claim and
 * this wait for each other on the progress row.
 */
export async function takePublication(
  connection: Querying,
  { engine, lane, epoch }: Progress,
  transactionalId: string,
): Promise<void> {
  const [claims] = await connection.query<(RowDataPacket & { epoch: number })[]>(
    'SELECT epoch FROM progress WHERE engine = ? AND lane = ? FOR SHARE',
    [engine, lane],
  );
  if (claims[0]?.epoch !== epoch) {
    throw new FencedError(`lane ${lane} has been claimed since epoch ${epoch}`);
  }
  await connection.query(
    `INSERT INTO publications (engine, lane, published, publisher) VALUES (?, ?, 0, ?) AS taken
     ON DUPLICATE KEY UPDATE publisher = taken.publisher`,
    [engine, lane, transactionalId],
  );
}

/** Notes that a producer has ended all that it published for a lane: nobody needs to fence it. */
export async function leavePublication(
  pool: Pool,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
  transactionalId: string,
): Promise<void> {
  await pool.query(
    'UPDATE publications SET publisher = NULL WHERE engine = ? AND lane = ? AND publisher = ?',
    [engine, lane, transactionalId],
  );
}
