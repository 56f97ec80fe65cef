import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import { loadSettings } from '../config/loadSettings.ts';
import type { Settings } from '../config/settings.ts';
import { connectionOptions, openDatabase } from '../storage/database.ts';
import { migrate } from '../storage/migrate.ts';

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
  await asMigrateUser(settings, ['CREATE DATABASE ??', [ONHAND_MYSQL_DATABASE]]);
  if (migrated) await migrate(settings);
  const pool = openDatabase(settings, 'app', 4);
  return {
    settings,
    pool,
    close: async () => {
      await pool.end();
      await dropDatabase(settings);
    },
  };
}

type Statement = [sql: string, values: unknown[]];

async function dropDatabase(settings: Settings): Promise<void> {
  const { ONHAND_MYSQL_DATABASE: database } = settings;
  const { ONHAND_MYSQL_APP_USER: app, ONHAND_MYSQL_READ_USER: read } = settings;
  const tables = await asMigrateUser(settings, [
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
    [database],
  ]);
  // A dropped database leaves the rights in it behind.
  const revokes = tables.map(({ name }): Statement => {
    const sql = `REVOKE IF EXISTS ALL ON ??.?? FROM ?@'%', ?@'%'`;
    return [sql, [database, name, app, read]];
  });
  await asMigrateUser(settings, ...revokes, ['DROP DATABASE ??', [database]]);
}

async function asMigrateUser(settings: Settings, ...statements: Statement[]) {
  const { database: _, ...options } = connectionOptions(settings, 'migrate');
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
}
