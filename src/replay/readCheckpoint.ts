import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { OperationalError, messageOf } from '../ops/errors.ts';
import { type Checkpoint, readChunks } from '../storage/checkpoints.ts';
import { type CheckpointChunk, decodeChunk } from './checkpointChunk.ts';

/**
 * The rows of a checkpoint, in the order of its tables. Until the last one is taken the connection
 * is busy. Throws CHECKPOINT_DAMAGED, at the latest at the end: what was taken is of no use then.
 */
export async function* readCheckpoint(
  connection: Connection,
  checkpoint: Checkpoint,
): AsyncGenerator<CheckpointChunk, void, undefined> {
  const hash = createHash('sha256');
  for await (const data of readChunks(connection, checkpoint)) {
    const { text, chunk } = await decodeChunk(data).catch((error: unknown) => {
      throw damaged(checkpoint, messageOf(error));
    });
    hash.update(text);
    yield chunk;
  }
  if (hash.digest('hex') === checkpoint.digest) return;
  throw damaged(checkpoint, 'its rows do not have the digest that was put by with them');
}

function damaged({ engine, lane, nextOffset }: Checkpoint, why: string): OperationalError {
  const place = `the checkpoint of ${engine} lane ${lane} at offset ${nextOffset}`;
  return new OperationalError('CHECKPOINT_DAMAGED', `${place} cannot be used: ${why}`, {
    hint: 'Fold from the start, or delete it with `onhand checkpoint prune` and make another.',
  });
}
