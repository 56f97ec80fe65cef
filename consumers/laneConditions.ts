import type { Condition } from '../src/ops/conditions.ts';
import type { OwnedLane } from './ownedLane.ts';

/** What holds of a lane at work that no retry seems to end. `patienceMs`: how long it may. */
export function laneConditions(owned: OwnedLane, patienceMs: number): Condition[] {
  const now = Date.now();
  return [failingSlice(owned, patienceMs, now), unpublishedRows(owned, patienceMs, now)].filter(
    (condition) => condition !== undefined,
  );
}

function failingSlice({ lane }: OwnedLane, patienceMs: number, now: number): Condition | undefined {
  const { failing, progress } = lane;
  if (!failing || now - failing.since < patienceMs) return undefined;
  return {
    code: 'SLICE_NOT_APPLIED',
    engine: progress.engine,
    lane: progress.lane,
    since: new Date(failing.since).toISOString(),
    reason: `offset ${progress.nextOffset} failed ${failing.tries} times, last: ${failing.reason}`,
    hint: 'Look into the logs of MySQL and of what stands before it; it is tried again and again.',
  };
}

function unpublishedRows(
  { lane, publisher, unpublished }: OwnedLane,
  patienceMs: number,
  now: number,
): Condition | undefined {
  const { cursor, failure } = publisher;
  const waitedMs = unpublished.age(cursor, performance.now());
  if (waitedMs < patienceMs) return undefined;
  const { engine, lane: number, outboxSequence } = lane.progress;
  const rows = cursor === undefined ? 'its publisher is not at work' : undefined;
  const behind = rows ?? `${outboxSequence - cursor!} rows are not on Kafka`;
  return {
    code: 'ROWS_NOT_PUBLISHED',
    engine,
    lane: number,
    since: new Date(now - waitedMs).toISOString(),
    reason: failure === undefined ? behind : `${behind}: ${failure}`,
    hint: 'Nothing is lost: they are in the outbox, and go out when that is mended.',
  };
}
