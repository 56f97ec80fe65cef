import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { onhandProgram } from '../src/config/onhandProgram.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import type { ProgressView } from './progressView.ts';

/** `onhand verify` on what a run has left. Returns what it found wrong, in words. */
export async function verifyInstallation(
  { env }: BenchInstallation,
  view: ProgressView,
): Promise<string[]> {
  view.step('onhand verify: tables and events = fold of the command log?');
  const child = spawn(process.execPath, [...onhandProgram, 'verify'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const forget = onCleanUp(() => Promise.resolve(child.kill('SIGKILL')));
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  await forget();
  return child.exitCode === 0 ? [] : [`onhand verify fails:\n${output}`];
}
