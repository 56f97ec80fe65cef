import type { Admin } from 'kafkajs';
import { appliedRecord } from '../src/engine/progressAfter.ts';
import type { PartitionReader } from '../src/messaging/partitionReader.ts';
import { OperationalError } from '../src/ops/errors.ts';
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
 * The first offset at which a log differs from what a lane has applied, or (where the broker's
 * clock was set back) one after it. Whatever was applied had been appended by the lane's log time;
 * what replaced it came later. So the first record that is younger is the first of the others, and
 * one question to the broker finds it. Throws kafkajs' errors.
 */
export async function firstDifference(
  admin: Admin,
  topic: string,
  { lane, logTime }: Pick<Progress, 'lane' | 'logTime'>,
  { taken }: Parting,
): Promise<number> {
  const younger = await admin.fetchTopicOffsetsByTimestamp(topic, logTime + 1);
  const first = younger.find(({ partition }) => partition === lane)?.offset ?? taken.offset;
  return Math.min(Number(first), taken.offset);
}

/** Says that a log was cut back and has grown again. */
export function logReplaced({ taken, found }: Parting, first: number): OperationalError {
  const was = `the record appended ${timeText(taken)}`;
  const is = found ? `one appended ${timeText(found)}` : 'none';
  return new OperationalError(
    'TOPIC_REPLACED',
    `the log differs from offset ${first} on from what was applied: at offset ${taken.offset} ` +
      `${was} was applied, now there is ${is}; it was cut back and has grown again`,
    {
      hint:
        'Restore the log that the stored state was made from, for example from another replica. ' +
        '`onhand replay verify` lists what was applied and is not in the log.',
    },
  );
}

function timeText({ time, digest }: AppliedRecord): string {
  return `${new Date(time).toISOString()} (digest ${digest})`;
}
