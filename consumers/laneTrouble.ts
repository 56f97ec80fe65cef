import type { LaneStateName } from '../src/ops/laneStatus.ts';
import type { Trouble } from '../src/ops/trouble.ts';

/** What is wrong with a lane that is assigned and not at work. */
export interface LaneTrouble {
  state: Exclude<LaneStateName, 'claimed'>;
  trouble: Trouble;
}

export const claiming: LaneTrouble = {
  state: 'claiming',
  trouble: { code: 'NOT_CLAIMED', reason: 'its claim is under way', hint: '' },
};
export const fenced: LaneTrouble = {
  state: 'fenced',
  trouble: {
    code: 'FENCED',
    reason: 'another process has claimed it',
    hint: 'It is claimed again, or goes to that process, within seconds.',
  },
};
