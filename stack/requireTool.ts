import { spawnSync } from 'node:child_process';
import { OperationalError } from '../src/ops/errors.ts';
import { otherWays } from './stepFailed.ts';

/** Throws `code` if the program cannot be run; installing it is up to an administrator. */
export function requireTool(code: string, command: string, args: string[], packages: string): void {
  const { error } = spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 });
  if (error === undefined) return;
  throw new OperationalError(code, `${command} cannot be run: ${error.message}`, {
    hint: `Install it, which needs root: sudo apt-get install ${packages}. ${otherWays}`,
  });
}
