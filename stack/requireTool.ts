import { spawnSync } from 'node:child_process';
import { OperationalError } from '../src/ops/errors.ts';
import { otherWays } from './stepFailed.ts';

/** Throws `code` if the program cannot be run; `remedy` says what an administrator can do. */
export function requireTool(code: string, command: string, remedy: string): void {
  const { error } = spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 30_000 });
  if (error === undefined) return;
  throw new OperationalError(code, `${command} cannot be run: ${error.message}`, {
    hint: `${remedy} ${otherWays}`,
  });
}
