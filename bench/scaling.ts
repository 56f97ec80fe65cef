import type { BenchmarkResult, Scale } from './benchmark.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import { rateOf, rateTable } from './rateTable.ts';
import { faultsOf, inRounds } from './rounds.ts';
import { chartOf } from './throughput.ts';
import { makeWorkload } from './workload.ts';

const orders = 80_000;
const base = '1 process, 12 lanes';
const shapes: Record<string, { processes: number; lanes: number }> = {
  [base]: { processes: 1, lanes: 12 },
  '2 processes, 12 lanes': { processes: 2, lanes: 12 },
  '4 processes, 12 lanes': { processes: 4, lanes: 12 },
  '1 process, 1 lane': { processes: 1, lanes: 1 },
  '1 process, 4 lanes': { processes: 1, lanes: 4 },
};

const note = `Orders on 1,000 SKUs, evenly. The processors own their lanes before the first command
is sent and stand still (SIGSTOP) until the last one is; from then until the last outcome was read.
Broker, MySQL, processors and reader share the machine's cores: more processes than cores left over
cannot be faster here.`;

/** More processes, and fewer lanes. */
export async function scaling(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const title = 'onhand by processes and lanes';
  const runs = await inRounds(
    'scaling',
    { rounds: scale.full ? scale.rounds : 1 },
    view,
    () =>
      Object.entries(shapes).map(([name, { processes, lanes }]) =>
        onhandSide({ name, processes, env: { ONHAND_PARTITIONS: String(lanes) } }),
      ),
    () => makeWorkload('spread', orders * scale.factor),
  );
  const rate = (name: string) => rateOf(runs.get(name) ?? []).median;
  return {
    name: 'scaling',
    tables: [rateTable(runs, { title, unit: 'commands', note }, base)],
    figures: Object.keys(shapes)
      .filter((name) => name !== base)
      .map((name) => ({ what: `${name} / ${base}`, value: rate(name) / rate(base), unit: 'x' })),
    charts: [chartOf(title, 'commands/s', runs)],
    faults: faultsOf('scaling', runs),
    data: Object.fromEntries(runs),
  };
}
