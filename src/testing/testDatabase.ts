import { randomBytes } from 'node:crypto';
import type { Pool } from 'mysql2/promise';
import { loadSettings } from '../config/loadSettings.ts';
import type { Settings } from '../config/settings.ts';
import { openDatabase } from '../storage/database.ts';
import { migrate } from '../storage/migrate.ts';
import { createDatabase, dropDatabase } from './throwawayDatabase.ts';

/** A migrated database of its own on the MySQL server of the stack, for one test file. */
export interface TestDatabase {
  settings: Settings;
  /** Connections of the app user, as the processor has them. */
  pool: Pool;
  /** Drops the database and takes back the rights in it. */
  close(): Promise<void>;
}

/** Without `migrated` the database is empty: no tables, no rights. */
export async function testDatabase(
  overrides: Partial<Settings> = {},
  migrated = true,
): Promise<TestDatabase> {
  const ONHAND_MYSQL_DATABASE = `onhand_t_${randomBytes(6).toString('hex')}`;
  const settings: Settings = { ...loadSettings().values, ...overrides, ONHAND_MYSQL_DATABASE };
  await createDatabase(settings);
  if (migrated) await migrate(settings);
  // The server ends connections that are silent for the session's time; a slow test may be.
  const patient = { ...settings, ONHAND_SESSION_TIMEOUT_SECONDS: 300 };
  const pool = openDatabase(patient, 'app', 4);
  return {
    settings,
    pool,
    close: async () => {
      await pool.end();
      await dropDatabase(settings);
    },
  };
}
