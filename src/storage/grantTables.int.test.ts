import { expect } from 'chai';
import type { Pool } from 'mysql2/promise';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { type DatabaseRole, openDatabase } from './database.ts';

const tables = [
  'progress',
  'stock_levels',
  'reservations',
  'parked_commands',
  'failed_decisions',
  'orders',
  'outbox',
  'publications',
];
const operatorTables = ['operations', 'checkpoints', 'checkpoint_chunks'];
const refusals = [
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
];

describe('the rights of the database users', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  const pools: Partial<Record<DatabaseRole, Pool>> = {};
  before(async () => {
    database = await testDatabase();
    for (const role of ['app', 'read', 'operator'] as const) {
      pools[role] = openDatabase(database.settings, role, 2);
    }
  });
  after(async () => {
    for (const pool of Object.values(pools)) await pool.end();
    await database?.close();
  });

  const codeOf = (role: DatabaseRole, sql: string) =>
    pools[role]!.query(sql).then(
      () => 'allowed',
      (error: unknown) => (error as { code: string }).code,
    );

  for (const role of ['app', 'read', 'operator'] as const) {
    it(`lets ${role} read every table of the engine`, async () => {
      for (const table of tables) {
        expect(await codeOf(role, `SELECT * FROM ${table} LIMIT 0`), table).to.equal('allowed');
      }
    });

    it(`lets ${role} change no schema`, async () => {
      for (const sql of [
        'CREATE TABLE mine (id INT)',
        'CREATE VIEW mine AS SELECT 1',
        'CREATE DATABASE onhand_mine',
        'DROP DATABASE ??'.replace('??', database.settings.ONHAND_MYSQL_DATABASE),
        ...tables.flatMap((table) => [
          `ALTER TABLE ${table} ADD COLUMN mine INT`,
          `DROP TABLE ${table}`,
          `TRUNCATE TABLE ${table}`,
          `CREATE INDEX mine ON ${table} (lane)`,
        ]),
      ]) {
        expect(await codeOf(role, sql), sql).to.be.oneOf(refusals);
      }
    });

    it(`keeps ${role} away from the migrations' own tables`, async () => {
      for (const sql of [
        'SELECT * FROM knex_migrations',
        'DELETE FROM knex_migrations',
        'UPDATE knex_migrations_lock SET is_locked = 1',
      ]) {
        expect(await codeOf(role, sql), sql).to.be.oneOf(refusals);
      }
    });

    it(`lets ${role} see no other database`, async () => {
      expect(await codeOf(role, 'SELECT * FROM mysql.user')).to.be.oneOf(refusals);
      const [rows] = await pools[role]!.query('SHOW DATABASES');
      expect(JSON.stringify(rows)).not.to.include('"mysql"');
    });
  }

  it('lets read write nothing', async () => {
    for (const table of tables) {
      for (const sql of [
        `INSERT INTO ${table} (lane) VALUES (1)`,
        `UPDATE ${table} SET lane = 1`,
        `DELETE FROM ${table}`,
      ]) {
        expect(await codeOf('read', sql), sql).to.be.oneOf(refusals);
      }
    }
  });

  it('lets read and operator read what operators did, and app not', async () => {
    for (const table of operatorTables) {
      const sql = `SELECT * FROM ${table} LIMIT 0`;
      expect(await codeOf('read', sql), table).to.equal('allowed');
      expect(await codeOf('operator', sql), table).to.equal('allowed');
      expect(await codeOf('app', sql), table).to.be.oneOf(refusals);
    }
  });

  it('lets operator make shadow tables, but write nothing that replays start from', async () => {
    const shadow = 'CREATE TEMPORARY TABLE shadow (id INT)';
    expect(await codeOf('operator', shadow)).to.equal('allowed');
    expect(await codeOf('app', shadow)).to.be.oneOf(refusals);
    for (const sql of [
      'DELETE FROM progress',
      'INSERT INTO failed_decisions (lane) VALUES (1)',
      'DELETE FROM failed_decisions',
      'UPDATE publications SET published = 0',
      'DELETE FROM operations',
      `UPDATE checkpoints SET digest = 'x'`,
    ]) {
      expect(await codeOf('operator', sql), sql).to.be.oneOf(refusals);
    }
  });

  it('lets app delete no stock, no reservation and no progress', async () => {
    for (const table of ['progress', 'stock_levels', 'reservations', 'failed_decisions']) {
      expect(await codeOf('app', `DELETE FROM ${table}`), table).to.be.oneOf(refusals);
    }
  });
});
