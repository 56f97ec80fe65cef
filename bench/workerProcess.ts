import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import { onhandProgram } from '../src/config/onhandProgram.ts';
import { stackPaths } from '../stack/stackPaths.ts';
import { BenchError } from './benchError.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';

const logFile = stackPaths.log('bench-processor');
const startTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;
const pollMs = 10;

/** `onhand run` as users run it: a process of its own, with the settings that users have. */
export class WorkerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #pool: Pool;
  readonly #stop: () => Promise<void>;

  constructor({ env, pool }: BenchInstallation) {
    this.#pool = pool;
    this.#child = spawn(process.execPath, [...onhandProgram, 'run'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(logFile, { flags: 'w', mode: 0o600 });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.pid = this.#child.pid ?? 0;
    this.#stop = onCleanUp(() => endProcess(this.#child));
  }

  /** Waits until it has claimed so many lanes. Throws BenchError when it does not. */
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

  requireAlive(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) {
      throw failure(`ended by itself (${signalCode ?? `exit code ${exitCode}`})`);
    }
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
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exit;
  clearTimeout(timer);
}

function failure(what: string): BenchError {
  return new BenchError(`the processor ${what}`, `See ${logFile}.`);
}
