import type { Progress } from '../storage/progress.ts';
import type { Entry } from './decodeSlice.ts';
import type { Poison } from './handlerError.ts';
import type { LaneState } from './laneState.ts';
import type { SliceResult } from './laneWork.ts';
import { progressAfter } from './progressAfter.ts';
import type { SliceTransaction } from './sliceTransaction.ts';
import { stockOutcomes } from './stockOutcomes.ts';

/**
 * Applies one slice of a stock lane's log, as `LaneWork.apply` says. Step 1, decoding, is done
 * before: the lane decodes the next slice while this one commits. Commands in `poison` are parked.
 * When it throws, the state holds what may not be committed: `forget` it.
 */
export async function processSlice(
  transaction: SliceTransaction,
  laneState: LaneState,
  from: Progress,
  entries: readonly Entry[],
  nextOffset: number,
  poison: Poison,
): Promise<SliceResult> {
  const begun = performance.now();
  // 2. and 3. Load all that the slice names, decide in memory; or it was done ahead.
  const decision = await laneState.decide(transaction, from, entries, poison);
  const { state, parking, events, rows, changes, forgotten } = decision;
  const progress = progressAfter(from, entries.at(-1), nextOffset, rows.length);

  // 4. Save, the compare-and-set first. The next slice is decided meanwhile.
  const decided = performance.now();
  const committed = transaction.commit({
    from,
    to: progress,
    levels: changes.levels,
    reservations: changes.reservations,
    forgotten,
    parked: parking,
    failed: [...poison.values()],
    outbox: rows,
  });
  laneState.keep(decision, progress);
  await committed;

  // 5. Hand on.
  const measures = {
    ...stockOutcomes(entries, events, rows, parking.added.length - parking.removed.length),
    parkedItems: state.parked.size,
    seconds: (performance.now() - begun) / 1000,
    commitSeconds: (performance.now() - decided) / 1000,
  };
  return { progress, taken: entries.length, rows, measures };
}
