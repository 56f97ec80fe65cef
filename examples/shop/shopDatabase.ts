import { readFileSync } from 'node:fs';
import { type Pool, createConnection, createPool } from 'mysql2/promise';
import type { Settings } from '../../src/config/settings.ts';
import { shopTables } from './shopTables.ts';

const connectionsMax = 16;

/**
 * The shop has a database of its own: nothing of the stock is in it, and no transaction spans both.
 */
export function shopDatabaseName(settings: Settings): string {
  return `${settings.ONHAND_MYSQL_DATABASE}_shop`;
}

/** Makes the shop's database and tables, and lets `app` change and `read` see rows. Repeatable. */
export async function createShopDatabase(settings: Settings): Promise<void> {
  const { ONHAND_MYSQL_MIGRATE_USER: user, ONHAND_MYSQL_MIGRATE_PASSWORD: password } = settings;
  const database = shopDatabaseName(settings);
  const connection = await createConnection({ ...serverOf(settings), user, password });
  try {
    await connection.query('CREATE DATABASE IF NOT EXISTS ??', [database]);
    await connection.query('USE ??', [database]);
    for (const [table, columns] of Object.entries(shopTables)) {
      await connection.query(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`);
      const { ONHAND_MYSQL_APP_USER: app, ONHAND_MYSQL_READ_USER: read } = settings;
      const rights = 'SELECT, INSERT, UPDATE, DELETE';
      await connection.query(`GRANT ${rights} ON ??.?? TO ?@'%'`, [database, table, app]);
      await connection.query(`GRANT SELECT ON ??.?? TO ?@'%'`, [database, table, read]);
    }
  } finally {
    await connection.end();
  }
}

/** Connections of the shop. They lock rows, never the gaps between them. */
export function openShopDatabase(settings: Settings): Pool {
  const pool = createPool({
    ...serverOf(settings),
    database: shopDatabaseName(settings),
    user: settings.ONHAND_MYSQL_APP_USER,
    password: settings.ONHAND_MYSQL_APP_PASSWORD,
    connectionLimit: connectionsMax,
    enableKeepAlive: true,
  });
  pool.pool.on('connection', (connection) => {
    connection.query(
      `SET SESSION transaction_isolation = 'READ-COMMITTED', SESSION sql_mode = 'TRADITIONAL',
         SESSION innodb_lock_wait_timeout = 5`,
    );
  });
  return pool;
}

function serverOf(settings: Settings) {
  const ca = settings.ONHAND_MYSQL_SSL_CA_FILE;
  return {
    host: settings.ONHAND_MYSQL_HOST,
    port: settings.ONHAND_MYSQL_PORT,
    charset: 'utf8mb4_bin',
    connectTimeout: 5000,
    ...(settings.ONHAND_MYSQL_SSL && { ssl: ca ? { ca: readFileSync(ca) } : {} }),
  };
}
