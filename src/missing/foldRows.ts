import type { FoldTally } from '../replay/foldTally.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LanePlace } from '../verify/findings.ts';
import { openReplayAt, readInput, requireProgress } from '../verify/laneInput.ts';
import { resolveLaneRange } from '../verify/laneRange.ts';
import { openSnapshot } from '../verify/openSnapshot.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';

/** Where folds begin, and who is told how far they are. */
export interface FoldBegin {
  from: 'start' | 'checkpoint';
  tally: FoldTally;
}

/** Few enough for what they cause: one order event may cause a thousand rows. */
const recordsAtOnce = 200;

/**
 * The outbox rows that a lane's log demands up to its progress, in order, and the log offsets of
 * what caused them. Throws LANE_UNKNOWN, and what `resolveLaneRange` throws.
 */
export async function* foldRows(
  context: VerifyContext,
  place: LanePlace,
  { from, tally }: FoldBegin,
): AsyncGenerator<{ rows: readonly OutboxRow[]; offsets: readonly number[] }, void, undefined> {
  const snapshot = await openSnapshot(context.settings);
  try {
    const progress = await requireProgress(snapshot, place);
    const range = await resolveLaneRange(context, snapshot, progress, { from });
    tally.expect(range.to - range.begin);
    const replay = await openReplayAt(context, snapshot, progress, range);
    for await (const batch of readInput(context, progress, range)) {
      for (let at = 0; at < batch.length; at += recordsAtOnce) {
        const { rows, offsets } = replay.fold(batch.slice(at, at + recordsAtOnce));
        yield { rows, offsets: offsets.rows };
      }
      tally.done(batch.length);
    }
  } finally {
    // A query may still be under way.
    snapshot.destroy();
  }
}
