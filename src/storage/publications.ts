import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
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
 *
 * It is kept only while the lane is this claim's, is published by this producer, and has made these
 * rows: whoever owned a lane of that name in another database, or another topic, notes nothing
 * here. Returns whether it was kept.
 */
export async function notePublished(
  pool: Pool,
  { engine, lane, epoch }: Pick<Progress, 'engine' | 'lane' | 'epoch'>,
  transactionalId: string,
  published: number,
): Promise<boolean> {
  const [{ affectedRows }] = await pool.query<ResultSetHeader>(
    `UPDATE publications SET published = GREATEST(published, ?)
     WHERE engine = ? AND lane = ? AND publisher = ? AND ? <= (
       SELECT outbox_sequence FROM progress WHERE engine = ? AND lane = ? AND epoch = ?)`,
    [published, engine, lane, transactionalId, published, engine, lane, epoch],
  );
  return affectedRows === 1;
}

/**
 * Transactional id of the producer that may have a transaction open for a lane; null when none has,
 * undefined when none ever published for it in this database.
 */
export async function readPublisher(
  pool: Pool,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
): Promise<string | null | undefined> {
  const [rows] = await pool.query<(RowDataPacket & { publisher: string | null })[]>(
    'SELECT publisher FROM publications WHERE engine = ? AND lane = ?',
    [engine, lane],
  );
  return rows[0]?.publisher;
}

/**
 * Makes a producer the one that publishes for a lane, in the caller's transaction. The one before
 * must be fenced by then. Throws FencedError when the lane has been claimed anew since: a claim and
 * this wait for each other on the progress row. Returns how far the lane is, and the note of what
 * is published.
 */
export async function takePublication(
  connection: Querying,
  claim: Progress,
  transactionalId: string,
): Promise<{ progress: Progress; noted: number }> {
  const { engine, lane, epoch } = claim;
  const [claims] = await connection.query<(RowDataPacket & Progress)[]>(
    `SELECT epoch, next_offset AS nextOffset, outbox_sequence AS outboxSequence,
       log_time AS logTime
     FROM progress WHERE engine = ? AND lane = ? FOR SHARE`,
    [engine, lane],
  );
  const [found] = claims;
  if (found?.epoch !== epoch) {
    throw new FencedError(`lane ${lane} has been claimed since epoch ${epoch}`);
  }
  await connection.query(
    `INSERT INTO publications (engine, lane, published, publisher) VALUES (?, ?, 0, ?) AS taken
     ON DUPLICATE KEY UPDATE publisher = taken.publisher`,
    [engine, lane, transactionalId],
  );
  const noted = await readPublished(connection, engine, lane);
  return { progress: { ...claim, ...found }, noted };
}

/**
 * Notes that a producer has ended all that it published for a lane: nobody needs to fence it. No
 * other producer ever has its id, so this can undo no note but its own.
 */
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
