import pLimit from 'p-limit';
import type { Settings } from '../config/settings.ts';
import { explainedError } from './explainedError.ts';
import type { LaneId } from '../storage/progress.ts';

/** Lanes that are worked on at the same time: MySQL works for one while another is folded. */
const atOnce = 2;

/** What became of each lane: the others go on when one fails. */
export interface LaneOutcomes<Result> {
  done: Result[];
  failed: (Pick<LaneId, 'engine' | 'lane'> & { error: unknown })[];
}

/** Does the same to several lanes, a few at a time; results are in the order of the lanes. */
export async function eachLane<Result, Lane extends Pick<LaneId, 'engine' | 'lane'>>(
  settings: Settings,
  lanes: readonly Lane[],
  work: (lane: Lane) => Promise<Result>,
  most = atOnce,
): Promise<LaneOutcomes<Result>> {
  const limit = pLimit(most);
  const settled = await Promise.allSettled(lanes.map((lane) => limit(() => work(lane))));
  const outcomes: LaneOutcomes<Result> = { done: [], failed: [] };
  for (const [index, result] of settled.entries()) {
    const lane = lanes[index];
    if (result.status === 'fulfilled') outcomes.done.push(result.value);
    else if (lane) {
      const { engine, lane: number } = lane;
      const error = explainedError(result.reason, settings);
      outcomes.failed.push({ engine, lane: number, error });
    }
  }
  return outcomes;
}
