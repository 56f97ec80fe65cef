import type { Consumer } from 'kafkajs';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import type { TopicRole } from '../src/messaging/topics.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';

/**
 * Reads the committed records of a topic from its beginning, as a downstream service would, and
 * hands their values over, in order per partition. `fail` is told what ends it. Resolves, with what
 * closes it, once it has its partitions.
 */
export async function readCommitted(
  { settings, topics, logger }: BenchInstallation,
  role: TopicRole,
  take: (value: Buffer | null) => void,
  fail: (error: Error) => void,
): Promise<() => Promise<void>> {
  const consumer: Consumer = createConsumer(
    createKafka(settings, 'bench-reader', logger),
    { groupId: `${settings.ONHAND_TOPIC_PREFIX}reader-${role}` },
    {
      onCrash: fail,
      onOffsetOutOfRange: () => fail(new Error(`records of ${role} were deleted unread`)),
    },
  );
  await consumer.connect();
  const close = onCleanUp(() => consumer.disconnect());
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.subscribe({ topic: topics[role].name, fromBeginning: true });
  await consumer.run({
    // Where it is matters to nobody: a commit after each batch would be most of its time.
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) take(value);
      return Promise.resolve();
    },
  });
  await joined;
  return close;
}
