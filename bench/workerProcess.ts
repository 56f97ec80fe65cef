import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import { onhandProgram } from '../src/config/onhandProgram.ts';
import { stackPaths } from '../stack/stackPaths.ts';
import { BenchError } from './benchError.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import type { KafkaTraffic } from './kafkaTraffic.ts';

const logFile = stackPaths.log('bench-processor');
const preload = ['--import', fileURLToPath(new URL('./tellTraffic.js', import.meta.url))];
const startTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;
const endTimeoutMs = 60_000;
const pollMs = 10;

/** `onhand run` as users run it: a process of its own, with the settings that users have. */
export class WorkerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #pool: Pool;
  readonly #stop: () => Promise<void>;

  /** `env` comes on top of the installation's; `flags` are Node's, `program` its arguments. */
  constructor(
    { env, settings, pool }: BenchInstallation,
    given: {
      env?: Record<string, string>;
      flags?: readonly string[];
      program?: readonly string[];
    } = {},
  ) {
    this.#pool = pool;
    const { ONHAND_KAFKA_BROKERS } = settings;
    const program = given.program ?? [...onhandProgram, 'run'];
    const args = [...(given.flags ?? []), ...preload, ...program];
    this.#child = spawn(process.execPath, args, {
      env: { ...process.env, ONHAND_KAFKA_BROKERS, ...env, ...given.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.pid = this.#child.pid ?? 0;
    this.#stop = onCleanUp(() => endProcess(this.#child));
  }

  /** Waits until so many lanes have been claimed, by whom ever. Throws BenchError when not. */
  async claimed(lanes: number): Promise<void> {
    for (const since = Date.now(); ; await sleep(pollMs)) {
      this.requireAlive();
      const [rows] = await this.#pool.query<(RowDataPacket & { lanes: number })[]>(
        'SELECT COUNT(*) AS lanes FROM progress WHERE epoch > 0',
      );
      if ((rows[0]?.lanes ?? 0) >= lanes) return;
      if (Date.now() - since > startTimeoutMs) throw failure(`claims no ${lanes} lanes`);
    }
  }

  /** What it has exchanged with Kafka so far. */
  async traffic(): Promise<KafkaTraffic> {
    this.#child.send('traffic');
    const [traffic] = (await once(this.#child, 'message')) as [KafkaTraffic];
    return traffic;
  }

  requireAlive(): void {
    const { exitCode, signalCode } = this.#child;
    if (!this.#isAlive()) {
      throw failure(`ended by itself (${signalCode ?? `exit code ${exitCode}`})`);
    }
  }

  /** Holds it where it is (SIGSTOP), lets it go on (SIGCONT), or kills it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Waits until it has ended, however. Throws BenchError when it does not. */
  async ended(): Promise<void> {
    for (const since = Date.now(); this.#isAlive(); await sleep(pollMs)) {
      if (Date.now() - since > endTimeoutMs) throw failure('does not end by itself');
    }
  }

  #isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it in order. */
  stop(): Promise<void> {
    return this.#stop();
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exit;
  clearTimeout(timer);
}

function failure(what: string): BenchError {
  return new BenchError(`the processor ${what}`, `See ${logFile}.`);
}
