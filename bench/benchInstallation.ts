import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { type Logger, pino } from 'pino';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { ensureTopics } from '../src/messaging/topicAdmin.ts';
import { type TopicRegistry, topicRegistry } from '../src/messaging/topics.ts';
import { type BenchDatabase, benchDatabase } from './benchDatabase.ts';
import { onCleanUp } from './cleanUp.ts';
import { clearView } from './clearView.ts';

const groupTriesMax = 5;
const groupRetryMs = 500;

/** A database and topics of its own, on the servers that all sides share. */
export interface BenchInstallation extends BenchDatabase {
  topics: TopicRegistry;
  admin: Admin;
  logger: Logger;
  /** Deletes everything again. */
  close(): Promise<void>;
}

/** With the user's settings but for those given. Throws KAFKA_*, MYSQL_* and TOPIC_* errors. */
export async function benchInstallation(
  given: Record<string, string> = {},
): Promise<BenchInstallation> {
  const database = await benchDatabase(given);
  const { settings } = database;
  const topics = topicRegistry(settings);
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  const disconnect = onCleanUp(() => admin.disconnect());
  const deleteTopics = onCleanUp(async () => {
    await deleteTopicsOf(admin, topics);
    await deleteGroupsOf(admin, settings.ONHAND_TOPIC_PREFIX);
    if (settings.ONHAND_VIEW) await clearView(settings);
  });
  await ensureTopics(admin, topics);
  const close = async () => {
    await deleteTopics();
    await disconnect();
    await database.close();
  };
  return { ...database, topics, admin, logger, close };
}

async function deleteTopicsOf(admin: Admin, topics: TopicRegistry): Promise<void> {
  const existing = await admin.listTopics();
  const names = Object.values(topics).map(({ name }) => name);
  const found = names.filter((name) => existing.includes(name));
  if (found.length > 0) await admin.deleteTopics({ topics: found });
}

/** A group whose member has only just left, or was killed, cannot be deleted yet. */
async function deleteGroupsOf(admin: Admin, prefix: string): Promise<void> {
  for (let tries = groupTriesMax; tries > 0; tries--) {
    const { groups } = await admin.listGroups();
    const own = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
    if (own.length === 0) return;
    // What is left in the end, Kafka forgets by itself.
    await admin.deleteGroups(own).catch(() => sleep(groupRetryMs));
  }
}
