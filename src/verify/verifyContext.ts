import type { Admin, KafkaMessage } from 'kafkajs';
import type { Connection } from 'mysql2/promise';
import type { Logger } from 'pino';
import { readTopic } from '../../consumers/readTopic.ts';
import type { Settings } from '../config/settings.ts';
import type { SchemaRegistry } from '../messaging/registry/schemaRegistry.ts';
import type { TopicRegistry } from '../messaging/topics.ts';

/** What a verification reads from. */
export interface VerifyContext {
  settings: Settings;
  logger: Logger;
  admin: Admin;
  topics: TopicRegistry;
  registry: SchemaRegistry | undefined;
  /** All tables as they were at one moment. */
  snapshot: Connection;
}

/** Reads a topic to its end, values as the outbox has them: without the ids of a registry. */
export function readPlain(
  { settings, logger, admin, registry }: VerifyContext,
  topic: string,
  take: (partition: number, records: KafkaMessage[]) => void,
): Promise<void> {
  return readTopic(settings, logger, admin, topic, async (partition, records) => {
    take(partition, registry ? await registry.plainRecords(records) : records);
  });
}
