import { once } from 'node:events';
import type { EachBatchPayload, Producer } from 'kafkajs';
import { pino } from 'pino';
import { outboxMessages } from '../../producers/outboxMessages.ts';
import { loadSettings } from '../../src/config/loadSettings.ts';
import { createConsumer } from '../../src/messaging/createConsumer.ts';
import { createKafka } from '../../src/messaging/kafkaClient.ts';
import { topicRegistry } from '../../src/messaging/topics.ts';
import { inTransaction, openDatabase } from '../../src/storage/database.ts';
import { claimLane } from '../../src/storage/progress.ts';
import { type WorkloadName, makeWorkload } from '../workload.ts';
import { foldedLanes } from './foldedLanes.ts';

/**
 * Kafka alone, in a process of its own: `kafkaFloorProgram WORKLOAD ORDERS` reads the commands of a
 * workload and writes the messages that onhand would write, decided beforehand, in transactions
 * that carry the position. A transactional producer per partition, all partitions at once.
 */
const [name = 'spread', orders = '0'] = process.argv.slice(2);
const { values: settings } = loadSettings();
const topics = topicRegistry(settings);
const logger = pino({ level: 'silent' });
const rowsMax = 2000;
const groupId = `${settings.ONHAND_TOPIC_PREFIX}floor`;

const lanes = foldedLanes(makeWorkload(name as WorkloadName, Number(orders)), settings);
const rows = lanes.map(({ slices }) => slices.flatMap((slice) => slice.rows));
const producers = await Promise.all(lanes.map(({ id }) => openProducer(id.lane)));
const consumer = createConsumer(
  createKafka(settings, 'bench-floor', logger),
  { groupId },
  { onCrash: end, onOffsetOutOfRange: end },
);
await consumer.connect();
// The benchmark's clock starts at a lane's claim: nothing is forwarded before.
const claimed = new Promise((resolve) => {
  consumer.on(consumer.events.GROUP_JOIN, () => resolve(claimFirst()));
});
await consumer.subscribe({ topic: topics.stockCommands.name, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: lanes.length,
  eachBatch: forward,
});
await once(process, 'SIGTERM');
await consumer.disconnect();
await Promise.all(producers.map((producer) => producer.disconnect()));
process.exit();

async function forward({ batch }: EachBatchPayload): Promise<void> {
  await claimed;
  const { partition, messages } = batch;
  const { name: topic } = topics.stockCommands;
  for (let at = Number(batch.firstOffset() ?? 0); at <= Number(batch.lastOffset()); at += rowsMax) {
    const next = Math.min(at + rowsMax, Number(batch.firstOffset()) + messages.length);
    const transaction = await producers[partition]?.transaction();
    const slice = rows[partition]?.slice(at, next) ?? [];
    const topicMessages = outboxMessages('stock', [{ lane: partition, rows: slice }], topics);
    await transaction?.sendBatch({ acks: -1, topicMessages });
    const partitions = [{ partition, offset: String(next) }];
    await transaction?.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions }] });
    await transaction?.commit();
  }
}

async function openProducer(lane: number): Promise<Producer> {
  const transactionalId = `${groupId}-${lane}`;
  const producer = createKafka(settings, transactionalId, logger).producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  return producer;
}

async function claimFirst(): Promise<void> {
  const pool = openDatabase(settings, 'app', 1);
  const [lane] = lanes;
  if (lane) await inTransaction(pool, (connection) => claimLane(connection, lane.id, 'floor'));
  await pool.end();
}

function end(): void {
  process.exit(1);
}
