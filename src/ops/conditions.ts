import type { LaneStatus } from './laneStatus.ts';
import type { Trouble } from './trouble.ts';

/**
 * Every name that a condition can have: something that holds for longer than a moment, that no
 * retry ends, and that a person has to know of. The README's list is made from this one.
 */
export const conditionTexts = {
  OPEN_TRANSACTION:
    'a sender has begun a transaction and not ended it; the lane gets nothing that follows it',
  SLICE_NOT_APPLIED:
    'a lane tries the same slice again and again, for longer than ONHAND_STALLED_SECONDS: it ' +
    'decides nothing more, and the reason says what fails',
  ROWS_NOT_PUBLISHED:
    'what a lane has decided is not on Kafka, for longer than ONHAND_STALLED_SECONDS; the reason ' +
    'says what its publisher meets',
  TOPIC_CHANGED:
    'a setting of a topic was changed since the start of the process, and is not what it must be',
  LOG_TIME_AHEAD:
    'the log time of a lane is far ahead of the clocks of MySQL and of the process: what is held ' +
    'expired early, and nothing expires until they have caught up',
  VIEW_BEHIND:
    'lanes of the view in Redis lack something for longer than 30 s; readers get their answers ' +
    'from MySQL',
  FILE_UNREADABLE: 'a secret’s or certificate’s file cannot be read; what it held last is used',
} as const;

export type ConditionName = keyof typeof conditionTexts;

/** Those with which the process does all its work: warnings, which leave it ready. */
export const warningNames: ReadonlySet<ConditionName> = new Set(['VIEW_BEHIND', 'FILE_UNREADABLE']);

/** A condition that holds, where, and since when. */
export interface Condition extends Trouble {
  code: ConditionName;
  engine?: LaneStatus['engine'];
  lane?: number;
  topic?: string;
  /** When it was first seen, in ISO form. */
  since: string;
}
