import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import { type Logger, pino } from 'pino';
import { loadSettings } from '../src/config/loadSettings.ts';
import type { Settings } from '../src/config/settings.ts';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { ensureTopics } from '../src/messaging/topicAdmin.ts';
import { type TopicRegistry, topicRegistry } from '../src/messaging/topics.ts';
import { openDatabase } from '../src/storage/database.ts';
import { migrate } from '../src/storage/migrate.ts';
import { createDatabase, dropDatabase } from './benchDatabase.ts';
import { onCleanUp } from './cleanUp.ts';

const run = Date.now().toString(36);
let installations = 0;

/** A database and topics of its own, on the servers that all sides share. */
export interface BenchInstallation {
  /** What makes another process work on it. */
  env: Record<string, string>;
  settings: Settings;
  topics: TopicRegistry;
  admin: Admin;
  /** Reads only. */
  pool: Pool;
  logger: Logger;
  /** Deletes everything again. */
  close(): Promise<void>;
}

/** Every setting but the names is the default. Throws KAFKA_*, MYSQL_* and TOPIC_* errors. */
export async function benchInstallation(): Promise<BenchInstallation> {
  const name = `${run}_${++installations}`;
  const env = {
    ONHAND_MYSQL_DATABASE: `onhand_bench_${name}`,
    ONHAND_TOPIC_PREFIX: `bench-${name}-`,
  };
  const { values: settings } = loadSettings({ ...process.env, ...env });
  const topics = topicRegistry(settings);
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  const disconnect = onCleanUp(() => admin.disconnect());
  const deleteTopics = onCleanUp(() => deleteAll(admin, topics));
  await ensureTopics(admin, topics);
  await createDatabase(settings);
  const drop = onCleanUp(() => dropDatabase(settings));
  await migrate(settings);
  const pool = openDatabase(settings, 'read', 2);
  const endPool = onCleanUp(() => pool.end());
  const close = async () => {
    for (const undo of [endPool, drop, deleteTopics, disconnect]) await undo();
  };
  return { env, settings, topics, admin, pool, logger, close };
}

async function deleteAll(admin: Admin, topics: TopicRegistry): Promise<void> {
  const existing = await admin.listTopics();
  const names = Object.values(topics).map(({ name }) => name);
  const found = names.filter((name) => existing.includes(name));
  if (found.length > 0) await admin.deleteTopics({ topics: found });
}
