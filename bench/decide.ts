import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { heapFlags } from '../src/config/onhandProgram.ts';
import { packageRoot } from '../src/config/packageRoot.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import type { ProgressView } from './progressView.ts';

const program = join(packageRoot, 'dist', 'bench', 'decideCommands.js');

const note =
  'Without Kafka, MySQL and codec, with the heap of `onhand`. By the clock, and by CPU time.';

/** The decision core alone, in a process of its own: nothing else has warmed its code up. */
export async function decide(_: Scale, view: ProgressView): Promise<BenchmarkResult> {
  view.step('decide: the core alone');
  const args = [...heapFlags, program, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const data = JSON.parse(stdout) as { commandsPerSecond: number; commandsPerCpuSecond: number };
  const row = [data.commandsPerSecond, data.commandsPerCpuSecond];
  const head = ['commands/s', 'commands per CPU second'];
  return {
    name: 'decide',
    tables: [{ title: 'decide and evolve in memory, one core', head, rows: [row], note }],
    faults: [],
    data,
  };
}
