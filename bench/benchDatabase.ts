import { type Pool, type RowDataPacket, createConnection } from 'mysql2/promise';
import { loadSettings } from '../src/config/loadSettings.ts';
import type { Settings } from '../src/config/settings.ts';
import { connectionOptions, openDatabase } from '../src/storage/database.ts';
import { migrate } from '../src/storage/migrate.ts';
import { toStorageError } from '../src/storage/storageErrors.ts';
import { onCleanUp } from './cleanUp.ts';

const run = Date.now().toString(36);
let databases = 0;

/** A migrated database of its own on the server that all sides share. */
export interface BenchDatabase {
  /** What makes another process work on it. Every other setting is the default, or the user's. */
  env: Record<string, string>;
  settings: Settings;
  /** Reads only. */
  pool: Pool;
  /** Drops it. */
  close(): Promise<void>;
}

/** Throws MYSQL_* errors. */
export async function benchDatabase(): Promise<BenchDatabase> {
  const name = `${run}_${++databases}`;
  const env = {
    ONHAND_MYSQL_DATABASE: `onhand_bench_${name}`,
    ONHAND_TOPIC_PREFIX: `bench-${name}-`,
  };
  const { values: settings } = loadSettings({ ...process.env, ...env });
  await asMigrateUser(settings, [['CREATE DATABASE ??', [env.ONHAND_MYSQL_DATABASE]]]);
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

type Statement = [sql: string, values: unknown[]];

/** Drops the database and the rights in it, which would outlive it. */
async function dropDatabase(settings: Settings): Promise<void> {
  const { ONHAND_MYSQL_DATABASE: database } = settings;
  const { ONHAND_MYSQL_APP_USER: app, ONHAND_MYSQL_READ_USER: read } = settings;
  const tables = await asMigrateUser(settings, [
    ['SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?', [database]],
  ]);
  const revokes = tables.map(({ name }): Statement => {
    return [`REVOKE IF EXISTS ALL ON ??.?? FROM ?@'%', ?@'%'`, [database, name, app, read]];
  });
  await asMigrateUser(settings, [...revokes, ['DROP DATABASE ??', [database]]]);
}

async function asMigrateUser(settings: Settings, statements: Statement[]) {
  const { database: _, ...options } = connectionOptions(settings, 'migrate');
  try {
    const connection = await createConnection(options);
    try {
      let rows: RowDataPacket[] = [];
      for (const [sql, values] of statements) {
        [rows] = await connection.query<RowDataPacket[]>(sql, values);
      }
      return rows;
    } finally {
      await connection.end();
    }
  } catch (error) {
    throw toStorageError(error, settings);
  }
}
