import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { readStackState } from '../../../stack/stackState.ts';
import { BenchError } from '../../benchError.ts';
import { onCleanUp } from '../../cleanUp.ts';

/** A MySQL user for a relay that reads the binlog. */
export interface ReplicationUser {
  name: string;
  password: string;
  drop(): Promise<void>;
}

/**
 * Makes one that may read the binlog and this database. Only root can give that right, so the
 * server has to be one that `onhand stack` started; else throws BenchError.
 */
export async function replicationUser(database: string): Promise<ReplicationUser> {
  const name = `${database}_relay`.slice(-32);
  const password = randomBytes(24).toString('base64url');
  await asRoot([
    ['CREATE USER ? IDENTIFIED BY ?', [name, password]],
    ['GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ?', [name]],
    ['GRANT SELECT ON ??.* TO ?', [database, name]],
  ]);
  return { name, password, drop: onCleanUp(() => asRoot([['DROP USER ?', [name]]])) };
}

async function asRoot(statements: [sql: string, values: string[]][]): Promise<void> {
  const state = readStackState();
  if (!state) {
    throw new BenchError(
      'the rights to read the binlog can only be given on a MySQL of `onhand stack`',
      'Run `onhand stack up`, without ONHAND_MYSQL_… in the environment and in .env.',
    );
  }
  const { ports, passwords } = state;
  const connection = await createConnection({
    host: '127.0.0.1',
    port: ports.mysql,
    user: 'root',
    password: passwords.mysqlRoot,
  });
  try {
    for (const [sql, values] of statements) await connection.query(sql, values);
  } finally {
    await connection.end();
  }
}
