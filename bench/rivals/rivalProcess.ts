import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { plainEnvironment } from '../../stack/plainEnvironment.ts';
import { stackPaths } from '../../stack/stackPaths.ts';
import { BenchError } from '../benchError.ts';
import { onCleanUp } from '../cleanUp.ts';

const stopTimeoutMs = 10_000;

interface RivalOptions {
  environment?: Record<string, string>;
  cwd?: string;
  onMessage?: (message: unknown) => void;
}

/** A process of a rival. What is left of an interrupted run is ended, too. */
export class RivalProcess {
  readonly pid: number;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #stop: () => Promise<void>;

  /**
   * Starts it, its output in a log of that name. `environment` is how secrets are handed over:
   * others can read arguments. `onMessage` is given what the process sends, if it is a Node.
   */
  constructor(
    name: string,
    [command, ...args]: readonly [string, ...string[]],
    { environment = {}, cwd, onMessage }: RivalOptions = {},
  ) {
    this.#name = name;
    this.#logFile = stackPaths.log(`rival-${name}`);
    mkdirSync(stackPaths.logs, { recursive: true });
    this.#child = spawn(command, args, {
      cwd,
      env: { ...plainEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(onMessage ? (['ipc'] as const) : [])],
    });
    // Without a listener a failed start would end this process; the missing pid says it all.
    this.#child.on('error', () => undefined);
    const log = createWriteStream(this.#logFile, { flags: 'w', mode: 0o600 });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    if (onMessage) this.#child.on('message', onMessage);
    if (this.#child.pid === undefined) throw new BenchError(`${name}: cannot run ${command}`);
    this.pid = this.#child.pid;
    this.#stop = onCleanUp(() => endChild(this.#child));
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  requireAlive(): void {
    if (this.isAlive) return;
    const { exitCode, signalCode } = this.#child;
    throw this.failure(`ended by itself (${signalCode ?? `exit code ${exitCode}`})`);
  }

  /** What it prints on stdout until it ends. Throws BenchError when it ends with an error. */
  async output(): Promise<string> {
    const child = this.#child;
    const [output] = await Promise.all([
      child.stdout ? text(child.stdout) : '',
      once(child, 'exit'),
    ]);
    if (child.exitCode !== 0) this.requireAlive();
    await this.#stop();
    return output;
  }

  /** The error that says what is wrong with it and where its log is. */
  failure(what: string): BenchError {
    return new BenchError(`${this.#name} ${what}`, `See ${this.#logFile}.`);
  }

  /** Ends it in order, or by force when it takes too long. */
  stop(): Promise<void> {
    return this.#stop();
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exit;
  clearTimeout(timer);
}
