import type { BenchmarkResult, Scale } from './benchmark.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import { makeWorkload } from './workload.ts';

const note = 'As in spread, one run. Peak memory: resident set of the processor.';

/** How fast a processor works off what has gathered while it was away, and in how much memory. */
export async function backlog(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const orders = scale.full ? 1_000_000 : 200_000;
  view.step(`backlog: ${orders.toLocaleString('en')} commands`);
  const run = await onhandSide({ verify: false }).run(makeWorkload('spread', orders), view);
  const { commands, seconds, more, faults } = run;
  const cells = [commands, Number(seconds.toFixed(1)), Math.round(commands / seconds)];
  const head = ['commands', 's', 'commands/s', 'peak memory MiB'];
  return {
    name: 'backlog',
    tables: [{ title: 'backlog', head, rows: [[...cells, more.peakMemoryMiB ?? '-']], note }],
    faults: faults.map((fault) => `backlog: ${fault}`),
    data: run,
  };
}
