import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { printDockerLogs } from './dockerStack.ts';
import { stackPaths } from './stackPaths.ts';
import { type ServerName, readStackState, serverNames, serversOf } from './stackState.ts';
import { tailOf } from './stepFailed.ts';

/**
 * Prints the last lines that servers wrote, each after its server's name, and with `follow` goes
 * on until the process is ended.
 */
export async function stackLogs(
  only: ServerName | undefined,
  { lines, follow }: { lines: number; follow: boolean },
): Promise<void> {
  const state = readStackState();
  if (state?.mode === 'docker') {
    const tail = ['--tail', String(lines), ...(follow ? ['--follow'] : [])];
    return printDockerLogs(state, [...tail, ...(only ? [only] : [])]);
  }
  const names = only ? [only] : serversOf(state);
  const ends = new Map(names.map((name) => [name, sizeOfLog(name)]));
  for (const name of names) print(name, tailOf(stackPaths.log(name), lines));
  while (follow) {
    await sleep(300);
    for (const [name, end] of ends) {
      const { text, end: next } = readFrom(name, end);
      ends.set(name, next);
      print(name, text);
    }
  }
}

const width = Math.max(...serverNames.map(({ length }) => length));

function print(name: ServerName, lines: string[]): void {
  for (const line of lines) process.stdout.write(`${name.padEnd(width)} | ${line}\n`);
}

function sizeOfLog(name: ServerName): number {
  return readFrom(name, Number.MAX_SAFE_INTEGER).end;
}

/** The whole lines after a position, and the position after them. */
function readFrom(name: ServerName, position: number): { text: string[]; end: number } {
  const file = stackPaths.log(name);
  if (!existsSync(file)) return { text: [], end: 0 };
  const log = openSync(file, 'r');
  try {
    const { size } = fstatSync(log);
    if (position >= size) return { text: [], end: size };
    const buffer = Buffer.alloc(size - position);
    const whole = buffer.subarray(0, readSync(log, buffer, 0, buffer.length, position));
    const last = whole.lastIndexOf('\n') + 1;
    const lines = whole.subarray(0, last).toString('utf8').split('\n').slice(0, -1);
    return { text: lines, end: position + last };
  } finally {
    closeSync(log);
  }
}
