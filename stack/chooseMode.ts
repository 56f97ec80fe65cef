import { spawnSync } from 'node:child_process';
import type { StackState } from './stackState.ts';

const patience = 10_000;

/** Docker where an engine answers and `docker compose` is there, else servers as processes. */
export function chooseMode(): StackState['mode'] {
  const works = (...args: string[]) =>
    spawnSync('docker', args, { stdio: 'ignore', timeout: patience }).status === 0;
  return works('compose', 'version') && works('info') ? 'docker' : 'native';
}
