import type { KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { PartitionReader } from '../messaging/partitionReader.ts';

/** Where to read. */
export interface ReadContext {
  settings: Settings;
  logger: Logger;
}

/** A connected reader for several partitions or stretches; the caller disconnects it. */
export async function connectReader({ settings, logger }: ReadContext): Promise<PartitionReader> {
  const reader = new PartitionReader(createKafka(settings, 'onhand-replay', logger));
  await reader.connect();
  return reader;
}

/**
 * Reads the committed records of one partition at offsets from `from` to below `to`, in order, in
 * batches of about 1 MiB; the next one comes when `take` is done. Leaves no consumer group behind.
 * Throws LOG_CUT when records are deleted before they were read, kafkajs' errors, what `take`
 * throws.
 */
export async function readPartition(
  context: ReadContext,
  topic: string,
  partition: number,
  from: number,
  to: number,
  take: (records: KafkaMessage[]) => void | Promise<void>,
): Promise<void> {
  const reader = await connectReader(context);
  try {
    for await (const records of reader.read(topic, partition, from, to)) await take(records);
  } finally {
    await reader.disconnect();
  }
}
