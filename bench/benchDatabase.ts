import type { Pool } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import type { Settings } from '../src/config/settings.ts';
import { openDatabase } from '../src/storage/database.ts';
import { migrate } from '../src/storage/migrate.ts';
import { createDatabase, dropDatabase } from '../src/testing/throwawayDatabase.ts';
import { onCleanUp } from './cleanUp.ts';

const run = Date.now().toString(36);
let databases = 0;

/** A migrated database of its own on the server that all sides share. */
export interface BenchDatabase {
  /** What makes another process work on it: these settings, and else the user's. */
  env: Record<string, string>;
  settings: Settings;
  /** Reads only. */
  pool: Pool;
  /** Drops it. */
  close(): Promise<void>;
}

/** With the user's settings but for those given. Throws MYSQL_* errors. */
export async function benchDatabase(given: Record<string, string> = {}): Promise<BenchDatabase> {
  const name = `${run}_${++databases}`;
  const env = {
    ...given,
    ONHAND_MYSQL_DATABASE: `onhand_bench_${name}`,
    ONHAND_TOPIC_PREFIX: `bench-${name}-`,
  };
  const { values: settings } = loadSettings({ ...process.env, ...env });
  await createDatabase(settings);
  const drop = onCleanUp(() => dropDatabase(settings));
  await migrate(settings);
  const pool = openDatabase(settings, 'read', 2);
  const endPool = onCleanUp(() => pool.end());
  const close = async () => {
    await endPool();
    await drop();
  };
  return { env, settings, pool, close };
}
