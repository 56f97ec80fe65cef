import type { Admin } from 'kafkajs';
import { OperationalError } from '../ops/errors.ts';
import {
  type LogBounds,
  type LogPoint,
  type LogRange,
  boundsOf,
  requireRange,
  resolveLogPoint,
} from './logRange.ts';

/** Where a reading of published events begins and ends; what is not given is all that is there. */
export interface EventSpan {
  from?: LogPoint;
  to?: LogPoint;
}

/** A stretch of one partition. */
export interface EventRange extends LogRange {
  partition: number;
}

/**
 * The stretches of a topic's partitions between two points; partitions without records between
 * them are left out, but not a single one. An offset is one of the topic itself, a time the one at
 * which a record was published. Throws PARTITION_UNKNOWN, RANGE_INVALID, RANGE_BEYOND_LOG, LOG_CUT.
 */
export async function eventRanges(
  admin: Admin,
  log: LogBounds,
  partitions: readonly number[],
  span: EventSpan,
): Promise<EventRange[]> {
  requireMeaning(log, partitions, span);
  const isWhole = span.from === undefined && span.to === undefined;
  const ranges: EventRange[] = [];
  for (const partition of partitions) {
    const { low, high } = boundsOf(log, partition);
    const from = await resolve(admin, log, partition, span.from, low);
    const to = await resolve(admin, log, partition, span.to, high);
    if (from < low) throw cut(`${log.topic}/${partition}`, low);
    // Of several partitions some may well have nothing between two times.
    const mayBeEmpty = isWhole || partitions.length > 1;
    if (from < to || !mayBeEmpty) requireRange(log, partition, { from, to }, high);
    if (from < to) ranges.push({ partition, from, to });
  }
  return ranges;
}

async function resolve(
  admin: Admin,
  log: LogBounds,
  partition: number,
  point: LogPoint | undefined,
  otherwise: number,
): Promise<number> {
  if (point === undefined || point === 'checkpoint') return otherwise;
  return resolveLogPoint(admin, log, partition, point);
}

function requireMeaning(
  { topic }: LogBounds,
  partitions: readonly number[],
  { from, to }: EventSpan,
): void {
  for (const point of [from, to]) {
    if (point === 'checkpoint') {
      throw new OperationalError('RANGE_INVALID', 'published events have no checkpoints', {
        hint: 'Give start, an offset or a time.',
      });
    }
    if (typeof point === 'object' && 'offset' in point && partitions.length !== 1) {
      throw new OperationalError('RANGE_INVALID', `an offset is one of a partition of ${topic}`, {
        hint: 'Name one partition with --partition, or give a time.',
      });
    }
  }
  if (typeof from !== 'object' || typeof to !== 'object') return;
  if ('time' in from && 'time' in to && from.time > to.time) {
    throw new OperationalError('RANGE_INVALID', 'the range is reversed: it ends before it begins');
  }
}

function cut(place: string, low: number): OperationalError {
  const message = `${place} begins at offset ${low}: retention has deleted what was before`;
  return new OperationalError('LOG_CUT', message, {
    hint: 'Leave --from away to begin with the oldest record that is left.',
  });
}
