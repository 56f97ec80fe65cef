import type { Admin } from 'kafkajs';
import { pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import type { SchemaRegistry } from '../messaging/registry/schemaRegistry.ts';
import { type TopicRegistry, topicRegistry } from '../messaging/topics.ts';
import type { ReadContext } from './readPartition.ts';

/** What folding lanes from their logs needs of Kafka. */
export interface LaneSources extends ReadContext {
  admin: Admin;
  topics: TopicRegistry;
  registry: SchemaRegistry | undefined;
}

/** Runs work that folds lanes, connected. Throws KAFKA_* errors, and what `work` throws. */
export async function withLaneSources<Result>(
  settings: Settings,
  work: (sources: LaneSources) => Promise<Result>,
): Promise<Result> {
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  try {
    const topics = topicRegistry(settings);
    const registry = openRegistry(settings);
    return await work({ settings, logger, admin, topics, registry });
  } finally {
    await admin.disconnect();
  }
}
