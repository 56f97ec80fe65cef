import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainEnvironment } from './plainEnvironment.ts';
import { stepFailed } from './stepFailed.ts';

/** A process that outlives this one. The start time tells it from a later one with the same pid. */
export interface ServerProcess {
  pid: number;
  startTime: string;
}

/** Starts a server in its own session; what it prints goes to the end of the log file. */
export function startDetached(
  command: string,
  args: string[],
  options: { cwd: string; logFile: string },
): ServerProcess {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: plainEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // Without a listener a failed start would end this process; the missing pid says it all.
  child.on('error', () => undefined);
  child.unref();
  const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
  if (child.pid === undefined || startTime === undefined) {
    throw stepFailed(`run ${command}`, options.logFile);
  }
  return { pid: child.pid, startTime };
}

export function isAlive(process: ServerProcess | undefined): boolean {
  return process !== undefined && startTimeOf(process.pid) === process.startTime;
}

/**
 * Sends a signal, if the process is still the one that was started, and waits for its end.
 * Answers whether it ended within `waitMs` milliseconds.
 */
export async function endProcess(
  server: ServerProcess,
  signal: NodeJS.Signals,
  waitMs: number,
): Promise<boolean> {
  if (!isAlive(server)) return true;
  process.kill(server.pid, signal);
  for (const end = Date.now() + waitMs; isAlive(server); await sleep(50)) {
    if (Date.now() > end) return false;
  }
  return true;
}

/**
 * When a process started, in clock ticks since boot; undefined if it is gone or only a zombie. On
 * systems without /proc, where no server is started natively, only whether it is there.
 */
export function startTimeOf(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat')) return isThere(pid) ? 'unknown' : undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
