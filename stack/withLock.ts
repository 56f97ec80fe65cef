import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startTimeOf } from './serverProcess.ts';

/**
 * Runs `work` while no other process on this machine holds the lock file. The lock of a process
 * that died is taken over. `onWait` is called once, with the pid of the holder, if there is one.
 */
export async function withLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) ?? '' });
  for (let told = false; !createWhole(file, mine); await sleep(200)) {
    const holder = read(file);
    if (holder === undefined) continue;
    const { pid, startTime } = JSON.parse(holder) as { pid: number; startTime: string };
    if (!isAlive({ pid, startTime })) removeStale(file, holder, mine);
    else if (!told) {
      onWait(pid);
      told = true;
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Two processes may find the same dead holder. Only the one that holds the second file may remove
 * the lock, and only if it still is the dead one's: else it would remove its rival's new lock.
 */
function removeStale(file: string, holder: string, mine: string): void {
  const right = `${file}.takeover`;
  if (!createWhole(right, mine)) {
    // It is held for an instant: one that stays was left by a process that died just then.
    if (ageOf(right) > 10_000) rmSync(right, { force: true });
    return;
  }
  if (read(file) === holder) rmSync(file);
  rmSync(right);
}

/** Creates the file with its content in one step; false if there is one already. */
function createWhole(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function ageOf(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
