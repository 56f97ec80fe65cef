import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { stackPaths } from '../../stack/stackPaths.ts';

const stopWaitMs = 10_000;
const restartPauseMs = 500;

/**
 * A process of its own, started again whenever it dies: whoever kills it during the demo sees the
 * audit hold all the same. Its log is `.onhand/logs/demo-NAME.log`.
 */
export class Service {
  readonly name: string;
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #log;
  readonly #onDeath: (how: string) => void;
  #child: ChildProcess | undefined;
  #stopping = false;
  deaths = 0;

  /** `args` are those of Node. */
  constructor(
    name: string,
    args: readonly string[],
    env: Record<string, string>,
    onDeath: (how: string) => void,
  ) {
    this.name = name;
    this.#args = args;
    this.#env = { ...process.env, ...env };
    this.#log = createWriteStream(stackPaths.log(`demo-${name}`), { flags: 'w', mode: 0o600 });
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
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWaitMs);
    await ended;
    clearTimeout(timer);
  }

  #start(): void {
    const child = spawn(process.execPath, this.#args, {
      env: this.#env,
      // By the channel it learns of our end, however we ended.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      this.deaths++;
      this.#onDeath(signal ?? `exit code ${code}`);
      setTimeout(() => this.#stopping || this.#start(), restartPauseMs);
    });
    this.#child = child;
  }
}
