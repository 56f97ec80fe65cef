import type { SliceResult } from '../src/engine/laneWork.ts';
import type { Metrics } from '../src/ops/metrics.ts';
import type { LaneId } from '../src/storage/progress.ts';

/**
 * Adds a committed slice to the metrics, once for all of its records. Without a result the answer
 * to COMMIT was lost: then nothing is known but how many there were.
 */
export function countSlice(
  metrics: Metrics,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
  records: number,
  result: SliceResult | undefined,
): void {
  metrics.sliceCommands.observe({ engine }, records);
  const counter = metrics.outcomes[engine];
  if (!result) {
    if (records > 0) counter.inc({ outcome: 'Unknown' }, records);
    return;
  }
  const { rows, measures } = result;
  const deadLetters = rows.filter(({ kind }) => kind === 'dead-letter').length;
  metrics.deadLetters.inc({ engine }, deadLetters);
  metrics.sliceSeconds.observe({ engine }, measures.seconds);
  metrics.sliceCommitSeconds.observe({ engine }, measures.commitSeconds);
  metrics.parkedItems.set({ engine, lane }, measures.parkedItems);
  metrics.expired[engine].inc(measures.expired);
  for (const [outcome, count] of measures.outcomes) counter.inc({ outcome }, count);
}
