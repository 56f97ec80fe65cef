import type { KafkaMessage } from 'kafkajs';
import { pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import type { PartitionReader } from '../messaging/partitionReader.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { topicRegistry } from '../messaging/topics.ts';
import type { LaneSources } from '../replay/laneSources.ts';
import { type LogBounds, readLogBounds, readOffsets } from '../replay/logRange.ts';
import { connectReader } from '../replay/readPartition.ts';

/** What a verification reads from. */
export interface VerifyContext extends LaneSources {
  reader: PartitionReader;
  /** Which topic has a name, asked once, and what its partitions hold now. Throws KAFKA_*. */
  readLog(topic: string): Promise<LogBounds>;
  close(): Promise<void>;
}

/** Connects to Kafka. Throws KAFKA_*. */
export async function openVerifyContext(settings: Settings): Promise<VerifyContext> {
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  const reader = await connectReader({ settings, logger });
  const [topics, registry] = [topicRegistry(settings), openRegistry(settings)];
  const known = new Map<string, Promise<LogBounds>>();
  const readLog = async (topic: string): Promise<LogBounds> => {
    const identity = known.get(topic) ?? readLogBounds({ settings, logger, admin }, topic);
    known.set(topic, identity);
    return { ...(await identity), partitions: await readOffsets(admin, topic) };
  };
  const close = async () => {
    await reader.disconnect();
    await admin.disconnect();
  };
  return { settings, logger, admin, reader, topics, registry, readLog, close };
}

/** Records of a partition, values as the outbox has them: without the ids of a registry. */
export async function* readPlain(
  { reader, registry }: VerifyContext,
  topic: string,
  partition: number,
  { from, to }: { from: number; to: number },
): AsyncGenerator<KafkaMessage[], void, undefined> {
  for await (const records of reader.read(topic, partition, from, to)) {
    yield registry ? await registry.plainRecords(records) : records;
  }
}
