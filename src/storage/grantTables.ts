import type { Knex } from 'knex';
import type { Settings } from '../config/settings.ts';

/** What the app user may do, table by table. Nothing else: no DDL, no other table. */
const appRights = {
  progress: 'SELECT, INSERT, UPDATE',
  stock_levels: 'SELECT, INSERT, UPDATE',
  reservations: 'SELECT, INSERT, UPDATE',
  parked_commands: 'SELECT, INSERT, DELETE',
  failed_decisions: 'SELECT, INSERT',
  orders: 'SELECT, INSERT, UPDATE',
  outbox: 'SELECT, INSERT, UPDATE, DELETE',
  publications: 'SELECT, INSERT, UPDATE',
};

/** Grants the accounts `app`@`%` and `read`@`%` what they need; harmless when repeated. */
export async function grantTables(knex: Knex, settings: Settings): Promise<void> {
  const database = settings.ONHAND_MYSQL_DATABASE;
  const { ONHAND_MYSQL_APP_USER: app, ONHAND_MYSQL_READ_USER: read } = settings;
  for (const [table, rights] of Object.entries(appRights)) {
    await knex.raw(`GRANT ${rights} ON ??.?? TO ?@'%'`, [database, table, app]);
    await knex.raw(`GRANT SELECT ON ??.?? TO ?@'%'`, [database, table, read]);
  }
}
