import { OperationalError } from '../ops/errors.ts';
import type { Checkpoint } from '../storage/checkpoints.ts';
import type { LaneId } from '../storage/progress.ts';
import type { RunningOperation } from './asOperation.ts';
import type { FoldTally } from './foldTally.ts';
import { isSame, laneDifference } from './laneDifference.ts';
import type { LaneSources } from './laneSources.ts';
import { openShadowLane } from './openShadowLane.ts';
import { atOneMoment, foldBeside } from './rebuildLane.ts';
import { storeCheckpoint } from './storeCheckpoint.ts';

/** A checkpoint that was made, or that was there already. */
export interface CreatedCheckpoint extends Pick<LaneId, 'engine' | 'lane'> {
  /** Undefined where the lane has applied nothing yet. */
  checkpoint: Checkpoint | undefined;
  isNew: boolean;
  records: number;
}

/**
 * Puts the state of a lane at its progress by, once the fold of its log (from the checkpoint
 * before, or from the start) has shown that every row is right. Throws CHECKPOINT_REFUSED when one
 * is not, what `openShadowLane` and `laneDifference` throw, OPERATION_LOST.
 */
export async function createCheckpoint(
  sources: LaneSources,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
  operation: RunningOperation,
  tally: FoldTally,
): Promise<CreatedCheckpoint> {
  const place = { engine, lane };
  const { shadow, checkpoint: previous } = await openShadowLane(sources, place, 'newest', tally);
  try {
    await foldBeside(shadow);
    const outboxFrom = previous?.outboxFrom ?? Number.MIN_SAFE_INTEGER;
    const difference = await atOneMoment(shadow.connection, () =>
      laneDifference(shadow, sources.settings, outboxFrom),
    );
    const { progress, keptFrom } = difference;
    if (!isSame(difference)) {
      throw new OperationalError(
        'CHECKPOINT_REFUSED',
        `${engine} lane ${lane} is not what its log says at offset ${progress.nextOffset}`,
        { hint: '`onhand replay verify` says where, `onhand replay rebuild` mends it.' },
      );
    }
    const { records } = shadow;
    const isThere = previous?.nextOffset === progress.nextOffset;
    if (isThere || progress.nextOffset === 0) {
      return { ...place, checkpoint: previous, isNew: false, records };
    }
    const checkpoint = await storeCheckpoint(shadow, progress, keptFrom, sources, operation);
    return { ...place, checkpoint, isNew: true, records };
  } finally {
    await shadow.close();
  }
}
