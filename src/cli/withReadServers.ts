import type { Pool } from 'mysql2/promise';
import { pino } from 'pino';
import { loadSettings } from '../config/loadSettings.ts';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { topicRegistry } from '../messaging/topics.ts';
import { explainedError } from '../replay/explainedError.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import { openDatabase } from '../storage/database.ts';
import { requireOwnDatabase } from '../storage/installation.ts';
import { requireDatabase } from '../storage/requireDatabase.ts';

/** What a command works with that asks MySQL only. */
export interface ReadDatabase {
  settings: Settings;
  /** One connection of the user that may only look. */
  pool: Pool;
}

/** Runs a command that looks into MySQL. Throws CONFIG_INVALID, MYSQL_*, and what `work` throws. */
export async function withReadDatabase(
  work: (database: ReadDatabase) => Promise<void>,
): Promise<void> {
  const { values: settings } = loadSettings();
  const pool = openDatabase(settings, 'read', 1);
  try {
    await requireDatabase(pool, settings);
    await work({ settings, pool });
  } catch (error) {
    throw explainedError(error, settings);
  } finally {
    await pool.end();
  }
}

/** Runs a command that looks into MySQL and Kafka. Throws KAFKA_* too. */
export function withReadServers(work: (servers: ReplaySources) => Promise<void>): Promise<void> {
  return withReadDatabase(async ({ settings, pool }) => {
    const logger = pino({ level: 'silent' });
    const admin = await connectAdmin(settings, logger);
    try {
      await requireOwnDatabase(pool, settings, (await admin.describeCluster()).clusterId);
      await work({ settings, pool, admin, logger, topics: topicRegistry(settings) });
    } finally {
      await admin.disconnect();
    }
  });
}
