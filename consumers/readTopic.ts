import { randomUUID } from 'node:crypto';
import type { Admin, KafkaMessage } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { requireUndamaged } from '../src/messaging/batches/unreadableBatch.ts';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import type { Logger } from '../src/ops/logger.ts';

/** Takes records of one partition, in order; the next ones come when it is done. */
export type TakeRecords = (partition: number, records: KafkaMessage[]) => void | Promise<void>;

/**
 * Reads a topic once, or only one of its partitions, from its first committed record to the end
 * that it had at the call, as a reader of committed records. Partitions interleave, each is in
 * order. Leaves no trace behind. Throws BATCH_DAMAGED, what `take` throws, kafkajs' errors.
 */
export async function readTopic(
  settings: ClientSettings,
  logger: Logger,
  admin: Admin,
  topic: string,
  take: TakeRecords,
  only?: number,
): Promise<void> {
  const bounds = await admin.fetchTopicOffsets(topic);
  const open = new Map<number, number>();
  for (const { partition, low, high } of bounds) {
    if (only !== undefined && partition !== only) continue;
    if (Number(low) < Number(high)) open.set(partition, Number(high));
  }
  if (open.size === 0) return;

  const groupId = `${settings.ONHAND_TOPIC_PREFIX}onhand-reader-${randomUUID()}`;
  await new Promise<void>((resolve, reject) => {
    const consumer = createConsumer(
      createKafka(settings, 'onhand-reader', logger),
      { groupId, maxWaitTimeInMs: 100, maxBytesPerPartition: 4_194_304 },
      {
        onCrash: (error) => finish(error),
        onOffsetOutOfRange: ({ partition }) =>
          finish(new Error(`records of ${topic}/${partition} were deleted while it was read`)),
      },
    );
    let ended = false;
    const finish = (error?: Error) => {
      if (ended) return;
      ended = true;
      consumer.disconnect().then(() => (error ? reject(error) : resolve()), reject);
    };
    const reached = (partition: number, offset: number) => {
      const end = open.get(partition);
      if (end === undefined || offset + 1 < end) return;
      open.delete(partition);
      consumer.pause([{ topic, partitions: [partition] }]);
      if (open.size === 0) finish();
    };
    // Also told of stretches that hold no committed record.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      reached(payload.partition, Number(payload.lastOffset));
    });
    const others = bounds.map(({ partition }) => partition).filter((it) => !open.has(it));
    consumer.on(consumer.events.GROUP_JOIN, () => {
      if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    });
    const start = async () => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          const end = open.get(batch.partition) ?? 0;
          const records = batch.messages.filter(({ offset }) => Number(offset) < end);
          if (ended || records.length === 0) return;
          try {
            requireUndamaged(records, topic, batch.partition);
            await take(batch.partition, records);
          } catch (error) {
            // Thrown from here, kafkajs would take it for something that passes.
            finish(error as Error);
          }
        },
      });
    };
    start().catch(finish);
  });
}
