import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import { readStackState } from '../../stack/stackState.ts';
import type { Settings } from '../config/settings.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type DatabaseRole, openConnection, openDatabase } from './database.ts';
import { patientSession } from './session.ts';

const roles: DatabaseRole[] = ['app', 'read', 'operator', 'migrate'];
/** Nobody else's: those of the stack are in use by other tests. */
const user = `onhand_t_${randomBytes(6).toString('hex')}`;

describe('a password of MySQL that is rotated', function () {
  this.timeout(180_000);
  let folder: string;
  let file: string;
  let database: TestDatabase;
  let root: Connection;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-rotated-'));
    file = join(folder, 'password');
    database = await testDatabase({}, false);
    const { ONHAND_MYSQL_HOST: host, ONHAND_MYSQL_PORT: port } = database.settings;
    const password = readStackState()!.passwords.mysqlRoot;
    root = await createConnection({ host, port, user: 'root', password });
    await root.query('CREATE USER ?', [user]);
    const name = database.settings.ONHAND_MYSQL_DATABASE;
    await root.query(`GRANT SELECT ON \`${name}\`.* TO ?`, [user]);
  });
  after(async () => {
    await root?.query('DROP USER ?', [user]);
    await root?.end();
    await database?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As an operator does it: the server first, then the file; open sessions end at some time. */
  async function rotate(password: string): Promise<void> {
    await root.query('ALTER USER ? IDENTIFIED BY ?', [user, password]);
    writeFileSync(file, `${password}\n`);
    const sessions = 'SELECT id AS session FROM information_schema.processlist WHERE user = ?';
    const [rows] = await root.query<RowDataPacket[]>(sessions, [user]);
    for (const { session } of rows as { session: number }[]) await root.query('KILL ?', [session]);
  }

  for (const role of roles) {
    it(`holds from the next connection of ${role} on, without a restart`, async () => {
      await rotate('first');
      const name = role.toUpperCase() as Uppercase<DatabaseRole>;
      const settings: Settings = {
        ...database.settings,
        [`ONHAND_MYSQL_${name}_USER`]: user,
        [`ONHAND_MYSQL_${name}_PASSWORD`]: 'first',
        [`ONHAND_MYSQL_${name}_PASSWORD_FILE`]: file,
      };
      const pool = openDatabase(settings, role, 2);
      try {
        await pool.query('SELECT 1');
        await rotate('second');
        const answers = () =>
          pool.query('SELECT 1').then(
            () => true,
            () => false,
          );
        await waitUntil('an answer to the new password', answers);
        const single = await openConnection(settings, role, patientSession);
        const [rows] = await single.query<RowDataPacket[]>('SELECT USER() AS name');
        expect(rows[0]!.name).to.match(new RegExp(`^${user}@`));
        await single.end();
      } finally {
        await pool.end();
      }
    });
  }
});
