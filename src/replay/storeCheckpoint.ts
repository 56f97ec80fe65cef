import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { faultPoint } from '../ops/faultPoint.ts';
import { type Checkpoint, insertCheckpoint, insertChunk } from '../storage/checkpoints.ts';
import { type LaneTable, columnsOf } from '../storage/laneTables.ts';
import { operatorConnection } from '../storage/operatorConnection.ts';
import type { Progress } from '../storage/progress.ts';
import { type TableRow, shadowOf } from '../storage/shadowTables.ts';
import { streamRows } from '../storage/streamRows.ts';
import type { RunningOperation } from './asOperation.ts';
import { encodeChunk } from './checkpointChunk.ts';
import type { LaneSources } from './laneSources.ts';
import type { ShadowLane } from './shadowLane.ts';

const chunkBytes = 1_048_576;

/**
 * Writes the shadow tables of a lane as a checkpoint at its progress, in one transaction: all of
 * it, or nothing. Outbox rows before `outboxFrom` are left out.
 */
export async function storeCheckpoint(
  shadow: ShadowLane,
  progress: Progress,
  outboxFrom: number,
  { settings }: LaneSources,
  operation: RunningOperation,
): Promise<Checkpoint> {
  const writing = await operatorConnection(settings);
  try {
    await writing.query('START TRANSACTION');
    const written = await writeChunks(writing, shadow, progress, outboxFrom);
    const { engine, lane, topicId, partitionCount, nextOffset, outboxSequence, logTime } = progress;
    const checkpoint: Checkpoint = {
      engine,
      lane,
      topicId,
      partitionCount,
      nextOffset,
      outboxSequence,
      logTime,
      outboxFrom,
      createdAt: Date.now(),
      ...written,
    };
    await insertCheckpoint(writing, checkpoint);
    await operation.requireLock(writing);
    faultPoint('checkpoint-before-commit');
    await writing.query('COMMIT');
    return checkpoint;
  } finally {
    writing.destroy();
  }
}

async function writeChunks(
  writing: Connection,
  shadow: ShadowLane,
  progress: Progress,
  outboxFrom: number,
): Promise<Pick<Checkpoint, 'rowCount' | 'bytes' | 'digest'>> {
  const hash = createHash('sha256');
  const sums = { rowCount: 0, bytes: 0 };
  let number = 0;
  for (const table of shadow.tables) {
    const columns = columnsOf(table);
    for await (const rows of chunksOf(shadow.connection, table, outboxFrom)) {
      const { text, data } = await encodeChunk({ table: table.name, columns, rows });
      await insertChunk(writing, progress, number++, data);
      hash.update(text);
      sums.rowCount += rows.length;
      sums.bytes += data.length;
    }
  }
  return { ...sums, digest: hash.digest('hex') };
}

async function* chunksOf(
  connection: Connection,
  table: LaneTable,
  outboxFrom: number,
): AsyncGenerator<TableRow[], void, undefined> {
  const columns = columnsOf(table);
  const isOutbox = table.name === 'outbox';
  const batches = streamRows<Record<string, unknown>>(
    connection,
    `SELECT ${columns.join(', ')} FROM ${shadowOf(table)} ${isOutbox ? 'WHERE sequence >= ?' : ''}
     ORDER BY ${table.key.join(', ')}`,
    isOutbox ? [outboxFrom] : [],
  );
  let rows: TableRow[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    for (const named of batch) {
      const row = columns.map((column) => storedValue(named[column]));
      const own = bytesOf(row);
      // Before, not after it: a chunk is written as hexadecimal digits, in one packet.
      if (rows.length > 0 && bytes + own > chunkBytes) {
        yield rows;
        rows = [];
        bytes = 0;
      }
      rows.push(row);
      bytes += own;
    }
  }
  if (rows.length > 0) yield rows;
}

/** The driver has made objects of JSON columns. */
function storedValue(value: unknown): unknown {
  const isJson = typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
  return isJson ? JSON.stringify(value) : value;
}

function bytesOf(row: TableRow): number {
  let bytes = 8 * row.length;
  for (const value of row) {
    if (Buffer.isBuffer(value) || typeof value === 'string') bytes += value.length;
  }
  return bytes;
}
