import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../stack/freePort.ts';
import { packagedProgram } from '../../stack/packagedProgram.ts';
import { redisServer } from '../../stack/serverPackages.ts';
import { readStackState } from '../../stack/stackState.ts';
import type { Settings } from '../config/settings.ts';
import { waitUntil } from './waitUntil.ts';

/** A Redis of its own, for a test that stops, wipes or restores it. */
export class ThrowawayRedis {
  readonly settings: Pick<Settings, 'ONHAND_REDIS_HOST' | 'ONHAND_REDIS_PORT'>;
  readonly #command: [string, ...string[]];
  readonly #options: string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'onhand-redis-'));
  #process: ChildProcess | undefined;

  private constructor(command: [string, ...string[]], port: number, options: string[]) {
    this.#command = command;
    this.#options = options;
    this.settings = { ONHAND_REDIS_HOST: '127.0.0.1', ONHAND_REDIS_PORT: port };
  }

  /**
   * Starts it with the program of the local stack, or the one on the PATH where the stack runs in
   * containers. `options` are further ones of its command line.
   */
  static async start(...options: string[]): Promise<ThrowawayRedis> {
    const packages = readStackState()?.packages;
    const native = packages !== undefined && existsSync(packages);
    const command = native ? packagedProgram(packages, redisServer) : (['redis-server'] as const);
    const redis = new ThrowawayRedis([...command], await freePort(), options);
    await redis.up();
    return redis;
  }

  /** Starts it again, with what its dump holds. */
  async up(): Promise<void> {
    const [program, ...args] = this.#command;
    const port = String(this.settings.ONHAND_REDIS_PORT);
    args.push('--bind', '127.0.0.1', '--port', port, '--save', '', '--dir', this.#folder);
    this.#process = spawn(program, [...args, ...this.#options], { stdio: 'ignore' });
    await waitUntil('the throw-away Redis', async () => {
      return this.ask((client) => client.ping()).then(
        () => true,
        () => false,
      );
    });
  }

  /** As a crash would: nothing is saved. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGCONT');
    running.kill('SIGKILL');
    await ended;
  }

  /** It keeps its connections and answers nothing. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Asks it something on a connection of its own. */
  async ask<Result>(question: (client: Redis) => Promise<Result>): Promise<Result> {
    const client = new Redis({
      port: this.settings.ONHAND_REDIS_PORT,
      host: this.settings.ONHAND_REDIS_HOST,
      lazyConnect: true,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await question(client);
    } finally {
      client.disconnect();
    }
  }

  /** All it holds now, for `restore`. */
  async dump(): Promise<Buffer> {
    await this.ask((client) => client.save());
    return readFileSync(join(this.#folder, 'dump.rdb'));
  }

  /** Starts it anew with an old dump in place of what it holds. */
  async restore(dump: Buffer): Promise<void> {
    await this.kill();
    writeFileSync(join(this.#folder, 'dump.rdb'), dump);
    await this.up();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
