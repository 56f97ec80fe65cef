import type { Settings } from '../config/settings.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { LaneId } from '../storage/progress.ts';
import { LaneReplay } from './laneReplay.ts';
import { orderPolicyOf } from './orderPolicyOf.ts';
import { OrderReplay } from './orderReplay.ts';
import { policyOf } from './policyOf.ts';

/** A fold of a lane's log, at its start, under these settings. */
export function openReplay(
  settings: Settings,
  lane: LaneId,
  failed: readonly FailedDecision[],
): LaneReplay | OrderReplay {
  return lane.engine === 'stock'
    ? new LaneReplay(lane, policyOf(settings), failed)
    : new OrderReplay(lane, orderPolicyOf(settings), failed);
}
