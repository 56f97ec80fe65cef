import { createHash } from 'node:crypto';
import type { AppliedRecord } from '../storage/appliedRecord.ts';
import type { Progress } from '../storage/progress.ts';
import type { LaneRecord } from './laneRecord.ts';
import type { LogEntry } from './laneWork.ts';

/** Where a lane is when entries up to `last` are applied that have left so many outbox rows. */
export function progressAfter(
  from: Progress,
  last: LogEntry | undefined,
  nextOffset: number,
  rows: number,
): Progress {
  return {
    ...from,
    nextOffset,
    outboxSequence: from.outboxSequence + rows,
    ...(last && { logTime: last.time, applied: appliedRecord(last.record) }),
  };
}

/** What to remember of a record as the last that was applied. */
export function appliedRecord(record: LaneRecord): AppliedRecord {
  return { offset: record.offset, time: record.timestamp, digest: digestOf(record) };
}

/** Of the bytes as they came, each after its length: what is null differs from what is empty. */
function digestOf({ key, value, received, headers }: LaneRecord): string {
  const hash = createHash('sha256');
  const add = (part: Buffer | string | null) => {
    hash.update(part === null ? '-;' : `${Buffer.byteLength(part)};`);
    if (part !== null) hash.update(part);
  };
  add(key);
  add(received ?? value);
  for (const [name, values] of Object.entries(headers)) {
    for (const header of [values ?? []].flat()) {
      add(name);
      add(header);
    }
  }
  return hash.digest('base64url').slice(0, 22);
}
