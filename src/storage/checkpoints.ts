import type { Connection, RowDataPacket } from 'mysql2/promise';
import { streamRows } from './streamRows.ts';
import type { EngineName, LaneId } from './progress.ts';
import type { Querying } from './together.ts';

/** The state of a lane at an offset, as it was put by. */
export interface Checkpoint extends LaneId {
  /** The state is that of the log before this offset. */
  nextOffset: number;
  outboxSequence: number;
  /** Log time there, in ms since 1970. */
  logTime: number;
  /** It holds the outbox rows from this sequence on; those before were published and forgotten. */
  outboxFrom: number;
  /** In ms since 1970, by the clock of who made it. */
  createdAt: number;
  rowCount: number;
  /** Of its chunks, compressed. */
  bytes: number;
  /** SHA-256 of its chunks, not compressed, in hex. */
  digest: string;
}

/** All checkpoints by engine and lane, the youngest first. */
export async function listCheckpoints(reader: Querying): Promise<Checkpoint[]> {
  const [rows] = await reader.query<(RowDataPacket & Checkpoint)[]>(
    `${selected} ORDER BY engine, lane, next_offset DESC`,
  );
  return rows;
}

/** The youngest checkpoint of a lane at or before an offset. */
export async function newestCheckpoint(
  reader: Querying,
  { engine, lane, topicId, partitionCount }: LaneId,
  upTo: number,
): Promise<Checkpoint | undefined> {
  const [rows] = await reader.query<(RowDataPacket & Checkpoint)[]>(
    `${selected} WHERE engine = ? AND lane = ? AND topic_id = ? AND partition_count = ?
       AND next_offset <= ? ORDER BY next_offset DESC LIMIT 1`,
    [engine, lane, topicId, partitionCount, upTo],
  );
  return rows[0];
}

/** The chunks of a checkpoint, in order. */
export async function* readChunks(
  connection: Connection,
  { engine, lane, nextOffset }: Checkpoint,
): AsyncGenerator<Buffer, void, undefined> {
  const rows = streamRows<{ data: Buffer }>(
    connection,
    `SELECT data FROM checkpoint_chunks WHERE engine = ? AND lane = ? AND next_offset = ?
     ORDER BY number`,
    [engine, lane, nextOffset],
  );
  for await (const batch of rows) for (const { data } of batch) yield data;
}

/** Writes a chunk, in the caller's transaction. */
export async function insertChunk(
  connection: Connection,
  { engine, lane, nextOffset }: Pick<Checkpoint, 'engine' | 'lane' | 'nextOffset'>,
  number: number,
  data: Buffer,
): Promise<void> {
  await connection.query(
    `INSERT INTO checkpoint_chunks (engine, lane, next_offset, number, data)
     VALUES (?, ?, ?, ?, ?)`,
    [engine, lane, nextOffset, number, data],
  );
}

/** Writes what is known of a checkpoint, in the transaction that wrote its chunks. */
export async function insertCheckpoint(connection: Connection, it: Checkpoint): Promise<void> {
  await connection.query(
    `INSERT INTO checkpoints
       (engine, lane, next_offset, topic_id, partition_count, outbox_sequence, log_time,
        outbox_from, created_at, row_count, bytes, digest)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      it.engine,
      it.lane,
      it.nextOffset,
      it.topicId,
      it.partitionCount,
      it.outboxSequence,
      it.logTime,
      it.outboxFrom,
      it.createdAt,
      it.rowCount,
      it.bytes,
      it.digest,
    ],
  );
}

/** Deletes a checkpoint with its chunks, in the caller's transaction. */
export async function deleteCheckpoint(
  connection: Connection,
  { engine, lane, nextOffset }: { engine: EngineName; lane: number; nextOffset: number },
): Promise<void> {
  for (const table of ['checkpoint_chunks', 'checkpoints']) {
    await connection.query('DELETE FROM ?? WHERE engine = ? AND lane = ? AND next_offset = ?', [
      table,
      engine,
      lane,
      nextOffset,
    ]);
  }
}

const selected = `SELECT engine, lane, next_offset AS nextOffset, topic_id AS topicId,
  partition_count AS partitionCount, outbox_sequence AS outboxSequence, log_time AS logTime,
  outbox_from AS outboxFrom, created_at AS createdAt, row_count AS rowCount, bytes, digest
  FROM checkpoints`;
