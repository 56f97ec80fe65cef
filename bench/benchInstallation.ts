import type { Admin } from 'kafkajs';
import { type Logger, pino } from 'pino';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { ensureTopics } from '../src/messaging/topicAdmin.ts';
import { type TopicRegistry, topicRegistry } from '../src/messaging/topics.ts';
import { type BenchDatabase, benchDatabase } from './benchDatabase.ts';
import { onCleanUp } from './cleanUp.ts';

/** A database and topics of its own, on the servers that all sides share. */
export interface BenchInstallation extends BenchDatabase {
  topics: TopicRegistry;
  admin: Admin;
  logger: Logger;
  /** Deletes everything again. */
  close(): Promise<void>;
}

/** Throws KAFKA_*, MYSQL_* and TOPIC_* errors. */
export async function benchInstallation(): Promise<BenchInstallation> {
  const database = await benchDatabase();
  const { settings } = database;
  const topics = topicRegistry(settings);
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  const disconnect = onCleanUp(() => admin.disconnect());
  const deleteTopics = onCleanUp(() => deleteAll(admin, topics));
  await ensureTopics(admin, topics);
  const close = async () => {
    await deleteTopics();
    await disconnect();
    await database.close();
  };
  return { ...database, topics, admin, logger, close };
}

async function deleteAll(admin: Admin, topics: TopicRegistry): Promise<void> {
  const existing = await admin.listTopics();
  const names = Object.values(topics).map(({ name }) => name);
  const found = names.filter((name) => existing.includes(name));
  if (found.length > 0) await admin.deleteTopics({ topics: found });
}
