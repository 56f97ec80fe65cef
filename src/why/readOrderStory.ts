import { isDeepStrictEqual } from 'node:util';
import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { laneRecords } from '../../consumers/laneRecords.ts';
import { readTopic } from '../../consumers/readTopic.ts';
import type { Settings } from '../config/settings.ts';
import type { Order } from '../domain/order/orderState.ts';
import { orderPolicyOf } from '../engine/orderPolicyOf.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { identifyTopics } from '../messaging/topicIds.ts';
import { topicRegistry } from '../messaging/topics.ts';
import { invariant } from '../ops/errors.ts';
import { requireSameTopic } from '../storage/progress.ts';
import type { OrderStep } from './orderStep.ts';
import { OrderTrace } from './orderTrace.ts';
import { readStoredOrder } from './readStoredOrder.ts';

/** All that the order log and the order's row say about one order. */
export interface OrderStory {
  orderId: string;
  topic: string;
  partition: number;
  /** Offsets that the partition still has: from `low` up to, but not including, `high`. */
  low: number;
  high: number;
  /** First offset that the processor had not applied when the row was read. */
  nextOffset: number;
  steps: OrderStep[];
  /** Retention has deleted records of the order: what it decided cannot be told from the rest. */
  beginningGone: boolean;
  /** The row in MySQL; null when there is none. */
  order: Order | null;
  /** Whether the row is what the log makes of the order; null when that cannot be told. */
  agrees: boolean | null;
}

/**
 * Reads the order's partition of the log to the end that it has now. `onRead` is told how far that
 * is: offsets read, and of how many. Throws KAFKA_*, MYSQL_* and TOPIC_* errors, and
 * PARTITION_COUNT_CHANGED.
 */
export async function readOrderStory(
  settings: Settings,
  logger: Logger,
  admin: Admin,
  pool: Pool,
  orderId: string,
  onRead: (read: number, total: number) => void,
): Promise<OrderStory> {
  const topic = topicRegistry(settings).orderEvents;
  const kafka = createKafka(settings, 'onhand-why', logger);
  const identity = (await identifyTopics(kafka, [topic.name])).get(topic.name);
  invariant(identity, `${topic.name} was not identified`);
  const partition = partitionOf(orderId, identity.partitionCount);
  // Read before the log: the log then holds all that has made the row.
  const { progress, failed, order } = await readStoredOrder(pool, partition, orderId);
  if (progress) requireSameTopic(progress, identity);
  const nextOffset = progress?.nextOffset ?? 0;
  const offsets = await admin.fetchTopicOffsets(topic.name);
  const bounds = offsets.find((each) => each.partition === partition);
  const [low, high] = [Number(bounds?.low ?? 0), Number(bounds?.high ?? 0)];

  const lane = { ...identity, engine: 'order', lane: partition, nextOffset, failed } as const;
  const trace = new OrderTrace(orderId, lane, orderPolicyOf(settings));
  const registry = openRegistry(settings);
  await readTopic(
    settings,
    logger,
    admin,
    topic.name,
    async (_, messages) => {
      await registry?.learn(registry.unlearned(messages));
      const records = laneRecords(messages, registry);
      trace.take(records);
      onRead((records.at(-1)?.offset ?? low) + 1 - low, high - low);
    },
    partition,
  );

  const beginningGone = low > 0 && order !== null && lacksEvents(trace.steps, order);
  return {
    orderId,
    topic: topic.name,
    partition,
    low,
    high,
    nextOffset,
    steps: beginningGone ? trace.steps.flatMap(untold) : trace.steps,
    beginningGone,
    order,
    agrees: beginningGone ? null : isDeepStrictEqual(trace.order ?? null, order),
  };
}

/** Whether the row remembers events that are not in what was read. */
function lacksEvents(steps: readonly OrderStep[], { accepted, refused }: Order): boolean {
  const read = new Set(steps.map(({ event }) => event && 'eventId' in event && event.eventId));
  return [...accepted, ...refused].some(({ eventId }) => !read.has(eventId));
}

/** What is known of a step without what came before it. */
function untold(step: OrderStep): OrderStep[] {
  if (step.event?.kind === 'DeadlinesDue') return [];
  if (step.outcome === 'undecided' || step.outcome === 'dead-letter') {
    return [{ ...step, phase: null, waiting: 0 }];
  }
  return [{ ...step, outcome: 'unknown', facts: [], phase: null, waiting: 0 }];
}
