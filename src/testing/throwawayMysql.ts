import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { freePort } from '../../stack/freePort.ts';
import { makeMysqlData, mysqlOptions, mysqlProgram } from '../../stack/mysqlServer.ts';
import { provisionMysql } from '../../stack/provisionMysql.ts';
import { packagesOf } from '../../stack/serverPackages.ts';
import { type StackState, readStackState } from '../../stack/stackState.ts';
import { waitReady } from '../../stack/waitReady.ts';
import type { Settings } from '../config/settings.ts';
import { invariant } from '../ops/errors.ts';

/** A MySQL of its own, for a test that changes what its sessions begin with. */
export class ThrowawayMysql {
  readonly settings: Pick<Settings, 'ONHAND_MYSQL_HOST' | 'ONHAND_MYSQL_PORT'>;
  readonly #state: StackState;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(state: StackState, folder: string, process: ChildProcess) {
    this.settings = { ONHAND_MYSQL_HOST: '127.0.0.1', ONHAND_MYSQL_PORT: state.ports.mysql };
    this.#state = state;
    this.#folder = folder;
    this.#process = process;
  }

  /** Starts it with the program, the users and the passwords of the native stack. */
  static async start(): Promise<ThrowawayMysql> {
    const stack = readStackState();
    invariant(stack, 'the stack was never up');
    const state = { ...stack, ports: { ...stack.ports, mysql: await freePort() } };
    const folder = mkdtempSync(join(tmpdir(), 'onhand-mysql-'));
    const [command, ...args] = mysqlProgram(await packagesOf(stack, () => undefined));
    await makeMysqlData([command, ...args], folder, state);
    const options = [`--datadir=${join(folder, 'data')}`, ...mysqlOptions(state.ports.mysql)];
    const process = spawn(command, [...args, ...options], { stdio: 'ignore' });
    const server = new ThrowawayMysql(state, folder, process);
    await waitReady('mysql', state, () => process.exitCode === null);
    await provisionMysql(state);
    return server;
  }

  /** Asks it as root: only root may change what sessions of others begin with. */
  async asRoot<Result>(work: (root: Connection) => Promise<Result>): Promise<Result> {
    const { ONHAND_MYSQL_HOST: host, ONHAND_MYSQL_PORT: port } = this.settings;
    const password = this.#state.passwords.mysqlRoot;
    const root = await createConnection({ host, port, user: 'root', password });
    try {
      return await work(root);
    } finally {
      await root.end();
    }
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    if (this.#process.kill('SIGKILL')) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
