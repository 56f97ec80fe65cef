import type { Admin } from 'kafkajs';
import { createKafka } from '../messaging/kafkaClient.ts';
import { identifyTopics } from '../messaging/topicIds.ts';
import { OperationalError } from '../ops/errors.ts';
import type { ReadContext } from './readPartition.ts';

/** A point of a log as an operator names it: history's start, a checkpoint, an offset, a time. */
export type LogPoint = 'start' | 'checkpoint' | { offset: number } | { time: number };

/** What a topic's partitions hold now: offsets from `low` to below `high`. */
export interface LogBounds {
  topic: string;
  topicId: string;
  partitionCount: number;
  partitions: ReadonlyMap<number, { low: number; high: number }>;
}

/** Offsets from `from` to below `to`. */
export interface LogRange {
  from: number;
  to: number;
}

/**
 * Reads `start`, `checkpoint`, an offset, or a time in ISO form (UTC unless it says otherwise).
 * Throws RANGE_INVALID.
 */
export function parseLogPoint(text: string): LogPoint {
  if (text === 'start' || text === 'checkpoint') return text;
  if (/^\d{1,15}$/.test(text)) return { offset: Number(text) };
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$|^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(zoned) : NaN;
  if (!Number.isNaN(time)) return { time };
  throw new OperationalError('RANGE_INVALID', `${JSON.stringify(text)} is no point of a log`, {
    hint: 'Give start, checkpoint, an offset such as 120000, or a time such as 2025-11-28T18:00Z.',
  });
}

/** Asks the broker what a topic holds. Throws TOPIC_MISSING, kafkajs' errors. */
export async function readLogBounds(
  { settings, logger, admin }: ReadContext & { admin: Admin },
  topic: string,
): Promise<LogBounds> {
  const kafka = createKafka(settings, 'onhand-replay', logger);
  const identity = (await identifyTopics(kafka, [topic])).get(topic);
  const partitions = await readOffsets(admin, topic);
  return { topic, topicId: '', partitionCount: partitions.size, ...identity, partitions };
}

/** The offsets that a topic's partitions hold now. Throws kafkajs' errors. */
export async function readOffsets(admin: Admin, topic: string): Promise<LogBounds['partitions']> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(
    offsets.map(({ partition, low, high }) => [partition, { low: +low, high: +high }]),
  );
}

/** What one partition holds. Throws PARTITION_UNKNOWN. */
export function boundsOf(
  { topic, partitions, partitionCount }: LogBounds,
  partition: number,
): { low: number; high: number } {
  const bounds = partitions.get(partition);
  if (bounds) return bounds;
  throw new OperationalError('PARTITION_UNKNOWN', `${topic} has no partition ${partition}`, {
    hint: `It has ${partitionCount}, numbered from 0.`,
  });
}

/**
 * The offset of a point in one partition: of a time, that of the first record appended then or
 * later, or the log's end when there is none. Throws PARTITION_UNKNOWN, kafkajs' errors.
 */
export async function resolveLogPoint(
  admin: Admin,
  log: LogBounds,
  partition: number,
  point: Exclude<LogPoint, 'checkpoint'>,
): Promise<number> {
  const { high } = boundsOf(log, partition);
  if (point === 'start') return 0;
  if ('offset' in point) return point.offset;
  const found = await admin.fetchTopicOffsetsByTimestamp(log.topic, point.time);
  return Number(found.find((one) => one.partition === partition)?.offset ?? high);
}

/**
 * Refuses a range that cannot be read: RANGE_INVALID when it is empty or reversed, RANGE_BEYOND_LOG
 * when it ends after `end`, the log's or the lane's; LOG_CUT when retention has deleted its
 * beginning.
 */
export function requireRange(log: LogBounds, partition: number, range: LogRange, end: number) {
  const { from, to } = range;
  const place = `${log.topic}/${partition}`;
  if (from > end || to > end) {
    throw new OperationalError(
      'RANGE_BEYOND_LOG',
      `offset ${Math.max(from, to)} of ${place} is not there yet: it ends at ${end}`,
      { hint: `Give an offset of at most ${end}, or leave --to away.` },
    );
  }
  if (from >= to) {
    const kind = from > to ? 'reversed' : 'empty';
    throw new OperationalError('RANGE_INVALID', `${place}: from ${from} to ${to} is ${kind}`, {
      hint: 'A range begins with --from and ends before --to.',
    });
  }
  requireKept(log, partition, from);
}

/** Throws LOG_CUT when a partition begins later than at this offset. */
export function requireKept(log: LogBounds, partition: number, from: number): void {
  const { low } = boundsOf(log, partition);
  if (from >= low) return;
  throw new OperationalError(
    'LOG_CUT',
    `${log.topic}/${partition} is needed from offset ${from} on, but begins at ${low}: retention ` +
      'has deleted what was before',
    { hint: `Use --from checkpoint: it needs one at offset ${low} or later.` },
  );
}
