import type { Admin } from 'kafkajs';
import { appliedRecord } from '../src/engine/progressAfter.ts';
import type { PartitionReader } from '../src/messaging/partitionReader.ts';
import { OperationalError } from '../src/ops/errors.ts';
import { timeText } from '../src/ops/timeText.ts';
import { type AppliedRecord, isSameRecord } from '../src/storage/appliedRecord.ts';
import type { Progress } from '../src/storage/progress.ts';
import { laneRecords } from './laneRecords.ts';

/** What became of a record that a lane has taken; `deleted`: by retention, nobody can tell. */
export type Trace = 'same' | 'deleted' | Parting;

/** The log holds something else in its place. */
export interface Parting {
  taken: AppliedRecord;
  /** What stands there now; null for a marker, or the log's end. */
  found: AppliedRecord | null;
}

/** Looks a record up in its log that a lane has taken. Throws kafkajs' errors. */
export async function traceRecord(
  reader: PartitionReader,
  topic: string,
  lane: number,
  taken: AppliedRecord,
): Promise<Trace> {
  let found: AppliedRecord | null = null;
  try {
    const message = await reader.recordAt(topic, lane, taken.offset);
    for (const record of laneRecords(message ? [message] : [])) found = appliedRecord(record);
  } catch (error) {
    if (error instanceof OperationalError && error.code === 'LOG_CUT') return 'deleted';
    throw error;
  }
  return found && isSameRecord(found, taken) ? 'same' : { taken, found };
}

/**
 * Where a log begins to differ from what a lane has applied, if it does: whatever was applied had
 * been appended by the lane's log time, and what replaced it came later, so that it is the first
 * record that is younger, which the broker knows where to find. (Only where a clock was set back it
 * may be an earlier one.) The log's end when none is younger. Throws kafkajs' errors.
 */
export async function firstYounger(
  admin: Admin,
  topic: string,
  { lane, logTime }: Pick<Progress, 'lane' | 'logTime'>,
): Promise<number> {
  const younger = await admin.fetchTopicOffsetsByTimestamp(topic, logTime + 1);
  return Number(younger.find(({ partition }) => partition === lane)?.offset ?? Infinity);
}

/** Says that a log was cut back and has grown again. */
export function logReplaced({ taken, found }: Parting, younger: number): OperationalError {
  const first = Math.min(younger, taken.offset);
  const was = `the record appended ${recordText(taken)}`;
  const is = found ? `one appended ${recordText(found)}` : 'none';
  return new OperationalError(
    'TOPIC_REPLACED',
    `the log differs from offset ${first} on from what was applied: at offset ${taken.offset} ` +
      `${was} was applied, now there is ${is}; it was cut back and has grown again`,
    {
      hint:
        'Restore the log that the stored state was made from, for example from another replica. ' +
        '`onhand replay verify` names what was applied and is not in the log.',
    },
  );
}

function recordText({ time, digest }: AppliedRecord): string {
  return `${timeText(time)} (digest ${digest})`;
}
