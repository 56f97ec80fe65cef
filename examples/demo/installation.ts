import type { Admin } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import type { Settings } from '../../src/config/settings.ts';
import { ensureTopics } from '../../src/messaging/topicAdmin.ts';
import { topicRegistry } from '../../src/messaging/topics.ts';
import { connectionOptions } from '../../src/storage/database.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { toStorageError } from '../../src/storage/storageErrors.ts';
import { createShopDatabase, shopDatabaseName } from '../shop/shopDatabase.ts';

const family = 'demo-';

/** What makes the demo's own databases and topics; also how to look at them with `onhand`. */
export function demoEnvironment(): Record<string, string> {
  const run = Date.now().toString(36);
  return {
    ONHAND_MYSQL_DATABASE: 'onhand_demo',
    ONHAND_TOPIC_PREFIX: `${family}${run}-`,
    // Whoever is killed is missed soon.
    ONHAND_SESSION_TIMEOUT_SECONDS: '3',
  };
}

/** A day begins with nothing: empty databases, new topics; those of earlier days are deleted. */
export async function prepareInstallation(settings: Settings, admin: Admin): Promise<void> {
  const { database, ...connectTo } = connectionOptions(settings, 'migrate');
  try {
    const connection = await createConnection(connectTo);
    await connection.query('DROP DATABASE IF EXISTS ??', [database]);
    await connection.query('DROP DATABASE IF EXISTS ??', [shopDatabaseName(settings)]);
    await connection.query('CREATE DATABASE ??', [database]);
    await connection.end();
  } catch (error) {
    throw toStorageError(error, settings);
  }
  await migrate(settings);
  await createShopDatabase(settings);
  const earlier = (await admin.listTopics()).filter((topic) => topic.startsWith(family));
  if (earlier.length > 0) await admin.deleteTopics({ topics: earlier });
  await ensureTopics(admin, topicRegistry(settings));
}
