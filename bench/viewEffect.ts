import type { BenchmarkResult, Scale } from './benchmark.ts';
import { costTable } from './costTable.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import { rateOf, rateTable } from './rateTable.ts';
import { faultsOf, inRounds } from './rounds.ts';
import { makeWorkload } from './workload.ts';

const orders = 150_000;
const [on, off] = ['with view', 'without view'] as const;

const note = `Orders on 1,000 SKUs, evenly, as in spread; ONHAND_VIEW on and off. The view is
Redis: levels per stock item; outcomes only of commands that ask for it, which these do not.`;

/** What keeping the Redis view costs in throughput. */
export async function viewEffect(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const runs = await inRounds(
    'view',
    scale,
    view,
    () => [
      onhandSide({ name: on, env: { ONHAND_VIEW: 'true' } }),
      onhandSide({ name: off, env: { ONHAND_VIEW: 'false' } }),
    ],
    () => makeWorkload('spread', orders * scale.factor),
  );
  const rate = (name: string) => rateOf(runs.get(name) ?? []).median;
  const title = 'onhand with and without the Redis view';
  return {
    name: 'view',
    tables: [rateTable(runs, { title, unit: 'commands', note }, on), costTable(runs, 'commands')],
    figures: [
      {
        what: 'throughput with the Redis view / without',
        value: rate(on) / rate(off),
        unit: 'x',
        least: 0.9,
      },
    ],
    faults: faultsOf('view', runs),
    data: Object.fromEntries(runs),
  };
}
