import { spawnSync } from 'node:child_process';
import type { ErrorCode } from '../src/ops/errorCodes.ts';
import { OperationalError } from '../src/ops/errors.ts';
import { otherWays } from './stepFailed.ts';

/** Throws `code` if the program cannot be run; `remedy` says what an administrator can do. */
export function requireTool(code: ErrorCode, command: string, remedy: string): void {
  const { error } = spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 30_000 });
  if (error === undefined) return;
  throw new OperationalError(code, `${command} cannot be run: ${error.message}`, {
    hint: `${remedy} ${otherWays}`,
  });
}
