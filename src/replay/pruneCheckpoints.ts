import type { Settings } from '../config/settings.ts';
import { type Checkpoint, deleteCheckpoint, listCheckpoints } from '../storage/checkpoints.ts';
import type { Querying } from '../storage/together.ts';
import { asOperation } from './asOperation.ts';

/** The checkpoints that would go when each lane keeps so many, the youngest. */
export async function prunableCheckpoints(reader: Querying, keep: number): Promise<Checkpoint[]> {
  const kept = new Map<string, number>();
  return (await listCheckpoints(reader)).filter(({ engine, lane }) => {
    const place = `${engine} ${lane}`;
    const younger = kept.get(place) ?? 0;
    kept.set(place, younger + 1);
    return younger >= keep;
  });
}

/** Deletes all checkpoints but the youngest `keep` of each lane, as an operation. */
export function pruneCheckpoints(settings: Settings, keep: number): Promise<Checkpoint[]> {
  return asOperation(
    settings,
    { verb: 'checkpoint prune', arguments: { keep } },
    async ({ connection }) => {
      const pruned = await prunableCheckpoints(connection, keep);
      for (const checkpoint of pruned) {
        await connection.query('START TRANSACTION');
        await deleteCheckpoint(connection, checkpoint);
        await connection.query('COMMIT');
      }
      return pruned;
    },
    (pruned) => `deleted: ${pruned.length}`,
  );
}
