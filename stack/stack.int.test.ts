import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createConnection } from 'mysql2/promise';
import { stackEnvFile } from '../src/config/loadSettings.ts';
import { onhandProgram } from '../src/config/onhandProgram.ts';
import { killServer, startServer } from './controlServer.ts';
import { externalServers } from './externalServers.ts';
import { stackPaths } from './stackPaths.ts';
import { type StackState, readStackState, serversOf } from './stackState.ts';
import { type ServerStatus, stackStatus } from './stackStatus.ts';

describe('the stack of this checkout', function () {
  this.timeout(180_000);
  let state: StackState;

  before('only servers that were started natively here can be looked into', function () {
    const found = readStackState();
    if (found?.mode !== 'native' || Object.keys(externalServers()).length > 0) this.skip();
    state = found;
  });

  it('runs, says the command line', () => {
    const { status, stdout } = onhand('status', '--json');
    const rows = JSON.parse(stdout) as ServerStatus[];
    expect(rows.map(({ server, state }) => [server, state])).to.deep.equal(
      serversOf(state).map((name) => [name, 'running']),
    );
    for (const { version } of rows) expect(version).to.match(/^\d+\.\d+\.\d+$/);
    expect(status).to.equal(0);
  });

  it('stays as it is when it is started again', () => {
    const pids = serversOf(state).map((name) => state.servers[name]?.pid);
    const { status, stdout } = onhand('up', '--json');
    expect(status).to.equal(0);
    expect((JSON.parse(stdout) as ServerStatus[]).map(({ pid }) => pid)).to.deep.equal(pids);
  });

  it('listens on the loopback only', () => {
    for (const name of serversOf(state)) {
      const addresses = listeningAddresses(state.servers[name]!.pid);
      expect(addresses, name).to.have.members(
        name.startsWith('kafka') ? mappedTwice : ['0100007F'],
      );
    }
  });

  it('keeps its secrets to its owner', () => {
    const files = [stackEnvFile, stackPaths.state, join(stackPaths.server('redis'), 'redis.conf')];
    for (const file of files) expect(statSync(file).mode & 0o777, file).to.equal(0o600);
    for (const name of serversOf(state)) {
      const commandLine = readFileSync(`/proc/${state.servers[name]!.pid}/cmdline`, 'utf8');
      for (const secret of Object.values(state.passwords)) {
        expect(commandLine).to.not.include(secret);
      }
    }
  });

  it('has MySQL sync to disk at every commit', async () => {
    const [row] = await query('root', state.passwords.mysqlRoot, [
      `SELECT @@innodb_flush_log_at_trx_commit AS redo, @@sync_binlog AS binlog,
        @@log_bin AS logged,
         @@innodb_doublewrite AS doublewrite`,
    ]);
    expect(row).to.deep.equal({ redo: 1, binlog: 1, logged: 1, doublewrite: 'ON' });
  });

  it('lets the migrating user make onhand_ databases and no other', async () => {
    const as = (sql: string[]) => query('onhand_migrate', state.passwords.mysqlMigrate, sql);
    await as(['CREATE DATABASE onhand_stack_test', 'DROP DATABASE onhand_stack_test']);
    expect(await errorOf(as(['CREATE DATABASE other_stack_test']))).to.equal(
      'ER_DBACCESS_DENIED_ERROR',
    );
  });

  it('lets nobody in without a password', async () => {
    const users = ['migrate', 'app', 'read', 'operator'].map((name) => `onhand_${name}`);
    for (const user of ['root', ...users]) {
      expect(await errorOf(query(user, '', ['SELECT 1']))).to.equal('ER_ACCESS_DENIED_ERROR');
    }
  });

  it('starts a killed server again where it was', async () => {
    const before = state.servers.redis!;
    await killServer('redis');
    const gone = (await stackStatus()).find(({ server }) => server === 'redis');
    expect(gone?.state).to.equal('stopped');
    await startServer('redis');
    const after = readStackState()!;
    expect(after.ports).to.deep.equal(state.ports);
    expect(after.servers.redis?.pid).to.not.equal(before.pid);
    expect(await stackStatus()).to.satisfy((rows: ServerStatus[]) =>
      rows.every((row) => row.state === 'running'),
    );
  });

  it('is not deleted unasked', () => {
    const { status, stderr } = onhand('reset');
    expect(status).to.equal(1);
    expect(stderr).to.include('CONFIRMATION_MISSING');
    expect(readStackState()).to.not.equal(undefined);
  });

  async function query(user: string, password: string, statements: string[]) {
    const { mysql: port } = state.ports;
    const connection = await createConnection({ host: '127.0.0.1', port, user, password });
    try {
      let rows: unknown;
      for (const sql of statements) [rows] = await connection.query(sql);
      return rows as Record<string, unknown>[];
    } finally {
      await connection.end();
    }
  }
});

/** Java listens with an IPv6 socket on the IPv4 loopback, as broker and as controller. */
const mappedTwice = Array.from({ length: 2 }, () => '0000000000000000FFFF00000100007F');

/** The addresses of the listening sockets of a process, as /proc/net writes them. */
function listeningAddresses(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).map((fd) => readlinkSync(join(folder, fd)));
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const lines = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1),
  );
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , stateCode, , , , , , inode = '']) => stateCode === '0A' && inodes.has(inode))
    .map(([, address = '']) => address.split(':')[0] ?? '');
}

function onhand(...args: string[]) {
  return spawnSync(process.execPath, [...onhandProgram, 'stack', ...args], {
    encoding: 'utf8',
    input: '',
  });
}

async function errorOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
}
