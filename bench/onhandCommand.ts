import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { onhandProgram } from '../src/config/onhandProgram.ts';
import type { BenchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import { peakMemoryMiBOf } from './processCost.ts';

const sampleMs = 50;

/** What an operator's command has said, and taken. */
export interface CommandRun {
  ok: boolean;
  output: string;
  seconds: number;
  /** Resident set at its largest; NaN when unknown. */
  peakMemoryMiB: number;
}

/** Runs `onhand` with these arguments on an installation, as an operator would. */
export async function onhandCommand(
  { env }: BenchInstallation,
  args: readonly string[],
): Promise<CommandRun> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...onhandProgram, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const forget = onCleanUp(() => Promise.resolve(child.kill('SIGKILL')));
  let peakMemoryMiB = NaN;
  const timer = setInterval(() => {
    peakMemoryMiB = peakMemoryMiBOf(child.pid ?? 0) ?? peakMemoryMiB;
  }, sampleMs);
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  clearInterval(timer);
  await forget();
  const seconds = (performance.now() - begun) / 1000;
  return { ok: child.exitCode === 0, output, seconds, peakMemoryMiB };
}
