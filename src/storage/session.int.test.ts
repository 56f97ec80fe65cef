import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { openConnection, openDatabase } from './database.ts';
import { requireDatabase } from './requireDatabase.ts';
import { openSession, patientSession } from './session.ts';
import type { Querying } from './together.ts';

describe('a session', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database?.close());

  it('becomes ours whatever it was before', async () => {
    const connection = await openConnection(database.settings, 'read', patientSession);
    await connection.query(
      `SET SESSION autocommit = 0, SESSION sql_safe_updates = 1, SESSION sql_select_limit = 3,
         SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', SESSION max_execution_time = 1,
         SESSION transaction_isolation = 'SERIALIZABLE', SESSION completion_type = 'RELEASE',
         NAMES 'latin1'`,
    );
    await openSession(connection, patientSession);
    expect(await seen(connection)).to.deep.equal({
      autocommit: 1,
      safe: 0,
      unlimited: 1,
      strict: 1,
      backslash: '\\',
      isolation: 'READ-COMMITTED',
      longest: 0,
      characters: 'utf8mb4',
    });
    await connection.end();
  });

  it('that does not become ours is given to nobody; one that does is', async () => {
    const proxy = await deafProxy(database.settings);
    const pool = openDatabase(proxy.settings, 'app', 2);
    const failure = (work: Promise<unknown>) => work.then(undefined, (error: unknown) => error);
    const refused = await failure(pool.query("UPDATE progress SET owner = ''"));
    expect(refused).to.include({ code: 'MYSQL_SESSION_REFUSED' });
    expect((refused as Error).message).to.include('autocommit is 0');
    expect(await failure(pool.getConnection())).to.include({ code: 'MYSQL_SESSION_REFUSED' });
    const named = await failure(requireDatabase(pool, proxy.settings));
    expect(named).to.include({ code: 'MYSQL_SESSION_REFUSED', name: 'OperationalError' });
    expect(named).to.have.property('hint').that.includes('proxy');
    const single = openConnection(proxy.settings, 'operator', patientSession);
    expect(await failure(single)).to.include({ code: 'MYSQL_SESSION_REFUSED' });

    proxy.isDeaf = false;
    await requireDatabase(pool, proxy.settings, 'write');
    await pool.end();
    proxy.close();
  });
});

async function seen(connection: Querying) {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT @@autocommit AS autocommit, @@sql_safe_updates AS safe, '\\\\' AS backslash,
       @@sql_select_limit > 1000000 AS unlimited, @@sql_mode LIKE '%STRICT_ALL_TABLES%' AS strict,
       @@transaction_isolation AS isolation, @@max_execution_time AS longest,
       @@character_set_client AS characters`,
  );
  return rows[0];
}

/** Stands between and, while it is deaf, has sessions commit nothing by themselves. */
async function deafProxy(settings: Settings) {
  const { ONHAND_MYSQL_HOST: host, ONHAND_MYSQL_PORT: port } = settings;
  const proxy = createServer((client) => {
    const server = connect(port, host);
    client.on('data', (bytes) => {
      const sent = bytes.toString('latin1');
      const changed = sent.replace('SESSION autocommit = 1', 'SESSION autocommit = 0');
      server.write(handle.isDeaf ? Buffer.from(changed, 'latin1') : bytes);
    });
    server.on('data', (bytes) => client.write(bytes));
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('close', () => other.destroy()).on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const ONHAND_MYSQL_PORT = (proxy.address() as AddressInfo).port;
  const handle = {
    isDeaf: true,
    settings: { ...settings, ONHAND_MYSQL_HOST: '127.0.0.1', ONHAND_MYSQL_PORT },
    close: () => void proxy.close(),
  };
  return handle;
}
