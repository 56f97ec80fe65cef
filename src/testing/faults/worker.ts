import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { onhandProgram } from '../../config/onhandProgram.ts';
import { waitUntil } from '../waitUntil.ts';

/** A line of a worker's log. */
export interface LogLine {
  msg: string;
  level: number;
  engine?: 'stock' | 'order';
  lane?: number;
  code?: string;
  reason?: string;
  nextOffset?: number;
  time: number;
}

const startWaitMs = 90_000;

/** One `onhand run`, a process of its own that a test may stop, continue and kill. */
export class Worker {
  readonly log: LogLine[] = [];
  readonly stderr: string[] = [];
  readonly #child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  /** `fault` as ONHAND_FAULT takes it. */
  constructor(env: NodeJS.ProcessEnv, fault?: string) {
    this.#child = spawn(process.execPath, [...onhandProgram, 'run'], {
      env: { ...process.env, ...env, ...(fault !== undefined && { ONHAND_FAULT: fault }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.log.push(JSON.parse(line) as LogLine);
    });
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.stderr.push(line));
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether a signal has stopped it, but not ended it. */
  get isStopped(): boolean {
    if (!this.isAlive) return false;
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Lines of the log with this message, of the stock engine or of none. */
  said(msg: string): LogLine[] {
    return this.log.filter((line) => line.engine !== 'order' && line.msg.includes(msg));
  }

  /** Waits for a line of the log, or so many. Fails when the process ends without it. */
  async untilSaid(msg: string, times = 1, timeoutMs = startWaitMs): Promise<void> {
    await this.until(`"${msg}" in the log`, () => this.said(msg).length >= times, timeoutMs);
  }

  async untilStopped(timeoutMs = startWaitMs): Promise<void> {
    await this.until('SIGSTOP', () => this.isStopped, timeoutMs);
  }

  async until(
    what: string,
    condition: () => boolean | Promise<boolean>,
    timeoutMs: number,
  ): Promise<void> {
    const check = async () => {
      if (await condition()) return true;
      if (!this.isAlive) throw new Error(`worker ended before ${what}:\n${this.lastWords()}`);
      return false;
    };
    await waitUntil(what, check, timeoutMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.lastWords()}`);
    });
  }

  /** SIGKILL, unless it has ended; waits for the end. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** SIGTERM, and how long the end took, in ms; SIGKILL after `timeoutMs`. */
  async stop(timeoutMs = 60_000): Promise<number> {
    const begun = Date.now();
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    const timer = setTimeout(() => this.signal('SIGKILL'), timeoutMs);
    await this.ended;
    clearTimeout(timer);
    return Date.now() - begun;
  }

  /** The end of its log, for messages of failed tests. */
  lastWords(): string {
    const lines = this.log.slice(-15).map(({ time, msg, lane, reason, code }) => {
      const parts = [new Date(time).toISOString().slice(14, 23), lane, msg, code, reason];
      return parts.filter((part) => part !== undefined).join(' ');
    });
    return [`worker ${this.pid}:`, ...lines, ...this.stderr.slice(-10)].join('\n  ');
  }
}
