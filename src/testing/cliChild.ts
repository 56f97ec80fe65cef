import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onhandProgram } from '../config/onhandProgram.ts';
import { packageRoot } from '../config/packageRoot.ts';

/** How a run of the command line ended. */
export interface CliResult {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A run of the command line that is under way. */
export interface CliChild {
  process: ChildProcess;
  ended: Promise<CliResult>;
}

/**
 * Starts `onhand ARGS` as a process of its own, with these settings and no others of the shell;
 * `program` is another copy of it.
 */
export function startCli(
  args: string[],
  settings: NodeJS.ProcessEnv,
  folder: string = packageRoot,
  program: readonly string[] = onhandProgram,
): CliChild {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ONHAND_')),
  );
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: folder,
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...output };
  });
  return { process: child, ended };
}

/** Runs `onhand ARGS` to its end. It is killed, and so has no exit code, after `timeoutMs`. */
export async function runCli(
  args: string[],
  settings: NodeJS.ProcessEnv,
  { folder = packageRoot, timeoutMs = 90_000, program = onhandProgram } = {},
): Promise<CliResult> {
  const { process: child, ended } = startCli(args, settings, folder, program);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}
