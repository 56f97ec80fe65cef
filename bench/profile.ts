import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { BenchError } from './benchError.ts';
import { onCleanUp } from './cleanUp.ts';
import { readCpuProfile } from './cpuProfile.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import type { SideRun } from './side.ts';
import { makeWorkload } from './workload.ts';

const orders = 150_000;
/** In µs between two samples: coarse enough not to slow the processor down. */
const interval = 1000;

const note = `Orders on 1,000 SKUs, evenly, drained as in spread by a processor under V8's sampling
profiler; its start and its end are in it. Rows of the processor are its main thread, by what is on
the stack; idle is time in which it waited for MySQL, Kafka or the next sample.`;

/** Where the time goes: the processor's main thread by part of its work, and the servers. */
export async function profile(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-bench-'));
  const remove = onCleanUp(() => Promise.resolve(rmSync(folder, { recursive: true })));
  view.step('profile');
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${interval}`];
  const run = await onhandSide({ flags }).run(makeWorkload('spread', orders * scale.factor), view);
  const [file] = readdirSync(folder);
  if (!file) throw new BenchError('the processor has left no profile');
  const spent = readCpuProfile(join(folder, file));
  await remove();
  const rows = rowsOf(spent, run);
  const largest = rows.slice(0, 3).map(([part, , percent]) => `${part} (${percent} %)`);
  const hint = `To begin with, where most is: ${largest.join(', ')}.`;
  return {
    name: 'profile',
    tables: [
      {
        title: 'where the time goes, ms per 1,000 commands',
        head: ['', 'ms', '%'],
        rows,
        note: `${note} ${hint}`,
      },
    ],
    faults: run.faults.map((fault) => `profile: ${fault}`),
    data: { run, spent: Object.fromEntries(spent) },
  };
}

function rowsOf(spent: ReadonlyMap<string, number>, run: SideRun): [string, string, string][] {
  const busy = [...spent].filter(([part]) => part !== 'idle');
  const sum = busy.reduce((total, [, ms]) => total + ms, 0);
  const per1000 = (ms: number) => ((ms / run.commands) * 1000).toFixed(2);
  const own = busy
    .sort(([, a], [, b]) => b - a)
    .map(([part, ms]): [string, string, string] => {
      return [`processor: ${part}`, per1000(ms), ((ms / sum) * 100).toFixed(1)];
    });
  const idle: [string, string, string] = ['processor: idle', per1000(spent.get('idle') ?? 0), ''];
  const servers = ['mysql', 'kafka', 'redis', 'processor', 'clients'].map(
    (name): [string, string, string] => {
      const seconds = run.cost.cpuSeconds[name];
      return [`CPU, ${name}`, seconds === undefined ? '-' : per1000(seconds * 1000), ''];
    },
  );
  return [...own, idle, ...servers];
}
