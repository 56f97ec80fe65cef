import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { onhandProgram } from '../../src/config/onhandProgram.ts';
import { stackPaths } from '../../stack/stackPaths.ts';

const stopWaitMs = 10_000;
const restartPauseMs = 500;

/**
 * The processor, as its own process (`onhand run`), started again whenever it dies: whoever kills
 * it during the demo sees the audit hold all the same.
 */
export class Worker {
  readonly #env: NodeJS.ProcessEnv;
  readonly #log = createWriteStream(stackPaths.log('demo-processor'), { flags: 'w', mode: 0o600 });
  readonly #onDeath: (how: string) => void;
  #child: ChildProcess | undefined;
  #stopping = false;
  deaths = 0;

  constructor(env: Record<string, string>, onDeath: (how: string) => void) {
    this.#env = { ...process.env, ...env };
    this.#onDeath = onDeath;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child?.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWaitMs);
    await ended;
    clearTimeout(timer);
  }

  #start(): void {
    const child = spawn(process.execPath, [...onhandProgram, 'run'], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      this.deaths++;
      this.#onDeath(signal ?? `exit code ${code}`);
      setTimeout(() => this.#stopping || this.#start(), restartPauseMs);
    });
    this.#child = child;
  }
}
