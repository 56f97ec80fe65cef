import { type RowDataPacket, createConnection } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { connectionOptions } from '../storage/database.ts';
import { databasePattern } from '../storage/grantTables.ts';
import { toStorageError } from '../storage/storageErrors.ts';

type Statement = [sql: string, values: unknown[]];

/** Makes the settings' database, empty. Throws MYSQL_* errors. */
export async function createDatabase(settings: Settings): Promise<void> {
  await asMigrateUser(settings, [['CREATE DATABASE ??', [settings.ONHAND_MYSQL_DATABASE]]]);
}

/** Drops the settings' database and the rights in it, which would outlive it. */
export async function dropDatabase(settings: Settings): Promise<void> {
  const { ONHAND_MYSQL_DATABASE: database } = settings;
  const { ONHAND_MYSQL_APP_USER: app, ONHAND_MYSQL_READ_USER: read } = settings;
  const { ONHAND_MYSQL_OPERATOR_USER: operator } = settings;
  const tables = await asMigrateUser(settings, [
    ['SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?', [database]],
  ]);
  const revokes = tables.map(({ name }): Statement => {
    const users = [app, read, operator];
    return [`REVOKE IF EXISTS ALL ON ??.?? FROM ?@'%', ?@'%', ?@'%'`, [database, name, ...users]];
  });
  const all = `REVOKE IF EXISTS ALL ON ??.* FROM ?@'%'`;
  revokes.push([all, [databasePattern(database), operator]]);
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
