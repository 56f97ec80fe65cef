import type { Consumer } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../../src/config/settings.ts';
import { createConsumer } from '../../src/messaging/createConsumer.ts';
import { createKafka } from '../../src/messaging/kafkaClient.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../../src/messaging/stockEventCodec.ts';
import { topicRegistry } from '../../src/messaging/topics.ts';

/** Hands on every stock event from the beginning, batch by batch, in order per SKU. */
export async function readEvents(
  settings: Settings,
  logger: Logger,
  take: (events: PublishedStockEvent[]) => Promise<void>,
): Promise<Consumer> {
  const consumer = createConsumer(
    createKafka(settings, 'demo-customers', logger),
    { groupId: `${settings.ONHAND_TOPIC_PREFIX}customers`, maxWaitTimeInMs: 200 },
    {
      onCrash: (error) => logger.error({ err: error }, 'event reader crashed'),
      onOffsetOutOfRange: (at) => logger.error(at, 'events were deleted unread'),
    },
  );
  await consumer.connect();
  const topic = topicRegistry(settings).stockEvents.name;
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: ({ batch }) => take(batch.messages.map(({ value }) => decodeStockEvent(value))),
  });
  return consumer;
}
