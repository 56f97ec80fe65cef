import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { identifyTopics } from '../messaging/topicIds.ts';
import { type TopicRegistry, topicsOf } from '../messaging/topics.ts';
import { invariant } from '../ops/errors.ts';
import { markDatabase } from '../storage/installation.ts';
import { engineNames } from '../storage/progress.ts';

/** What is asked whether database and topics belong together. */
interface Servers {
  settings: Settings;
  topics: TopicRegistry;
  admin: Admin;
  pool: Pool;
  logger: Logger;
}

/** Makes the database this installation's, before any claim. Throws INSTALLATION_FOREIGN. */
export async function takeDatabase(servers: Servers): Promise<void> {
  const { settings, topics, admin, pool, logger } = servers;
  const names = engineNames.map((engine) => topicsOf(topics, engine).input.name);
  const { clusterId } = await admin.describeCluster();
  const found = await identifyTopics(createKafka(settings, 'onhand-topic-ids', logger), names);
  const inputs = engineNames.map((engine, index) => {
    const identity = found.get(names[index]!);
    invariant(identity, `${names[index]} was not identified`);
    return [engine, identity] as const;
  });
  await markDatabase(pool, settings, clusterId, new Map(inputs));
}
