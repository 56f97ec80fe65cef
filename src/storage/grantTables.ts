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
  installation: 'SELECT, INSERT, UPDATE',
};

/** What the operator user may do. What replays start from, it can only read. */
const operatorRights = {
  progress: 'SELECT, UPDATE',
  stock_levels: 'SELECT, INSERT, UPDATE, DELETE',
  reservations: 'SELECT, INSERT, UPDATE, DELETE',
  parked_commands: 'SELECT, INSERT, UPDATE, DELETE',
  failed_decisions: 'SELECT',
  orders: 'SELECT, INSERT, UPDATE, DELETE',
  outbox: 'SELECT, INSERT, UPDATE, DELETE',
  publications: 'SELECT',
  installation: 'SELECT',
  operations: 'SELECT, INSERT, UPDATE',
  checkpoints: 'SELECT, INSERT, DELETE',
  checkpoint_chunks: 'SELECT, INSERT, DELETE',
  dead_letter_marks: 'SELECT, INSERT, UPDATE',
};

/**
 * Grants the accounts `app`@`%`, `operator`@`%` and `read`@`%` what they need; harmless when
 * repeated.
 */
export async function grantTables(knex: Knex, settings: Settings): Promise<void> {
  const database = settings.ONHAND_MYSQL_DATABASE;
  const { ONHAND_MYSQL_APP_USER: app, ONHAND_MYSQL_READ_USER: read } = settings;
  const { ONHAND_MYSQL_OPERATOR_USER: operator } = settings;
  const grant = (rights: string, table: string, user: string) =>
    knex.raw(`GRANT ${rights} ON ??.?? TO ?@'%'`, [database, table, user]);
  for (const [table, rights] of Object.entries(appRights)) await grant(rights, table, app);
  for (const [table, rights] of Object.entries(operatorRights)) {
    await grant(rights, table, operator);
    await grant('SELECT', table, read);
  }
  // For shadow tables. There is no such right for single tables; nobody else sees them.
  const rights = `GRANT CREATE TEMPORARY TABLES ON ??.* TO ?@'%'`;
  await knex.raw(rights, [databasePattern(database), operator]);
}

/** A database in rights to all of its tables, where `_` would stand for any character. */
export function databasePattern(database: string): string {
  return database.replaceAll('_', '\\_');
}
