import { createConnection } from 'mysql2/promise';
import type { StackState } from './stackState.ts';

/**
 * The database and its four users, as on a production server: one that migrates, one that works,
 * one that reads, one that mends. The latter three get their rights from the migrations, table by
 * table. Harmless when all is there. `%` as host lets `GRANT … TO name` find them; the server
 * listens on the loopback only.
 */
export async function provisionMysql({ ports, passwords }: StackState): Promise<void> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: ports.mysql,
    user: 'root',
    password: passwords.mysqlRoot,
  });
  try {
    await connection.query('CREATE DATABASE IF NOT EXISTS `onhand`');
    const users = {
      onhand_migrate: passwords.mysqlMigrate,
      onhand_app: passwords.mysqlApp,
      onhand_read: passwords.mysqlRead,
      onhand_operator: passwords.mysqlOperator,
    };
    const [rows] = await connection.query('SELECT user AS name FROM mysql.user');
    const present = (rows as { name: string }[]).map(({ name }) => name);
    for (const [user, password] of Object.entries(users)) {
      if (present.includes(user)) continue;
      await connection.query('CREATE USER ? IDENTIFIED BY ?', [user, password]);
    }
    // Databases named onhand_… are for tests: each makes and drops its own.
    for (const pattern of ['`onhand`', '`onhand\\_%`']) {
      await connection.query(`GRANT ALL ON ${pattern}.* TO ? WITH GRANT OPTION`, [
        'onhand_migrate',
      ]);
    }
  } finally {
    await connection.end();
  }
}
