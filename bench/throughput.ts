import type { BenchmarkResult, Scale } from './benchmark.ts';
import { costTable } from './costTable.ts';
import { guardedSide } from './guardedSide.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import { rateTable } from './rateTable.ts';
import { faultsOf, inRounds } from './rounds.ts';
import type { SideName } from './side.ts';
import { sourceSide } from './sourceSide.ts';
import { type WorkloadName, makeWorkload } from './workload.ts';

/** Orders per run: each side is kept busy for some 8 s and more on two slow cores. */
const orders: Record<WorkloadName, Record<SideName, number>> = {
  spread: { onhand: 150_000, guarded: 20_000, source: 10_000 },
  zipf: { onhand: 150_000, guarded: 16_000, source: 8000 },
  hot: { onhand: 120_000, guarded: 8000, source: 3000 },
};

const titles: Record<WorkloadName, string> = {
  spread: 'orders on 1,000 SKUs, evenly',
  zipf: 'orders on 1,000 SKUs, Zipf 1.0: the first SKU gets 13 %',
  hot: 'all orders on one SKU',
};

const note = `onhand: Kafka to Kafka, a fresh processor on a full topic, from its first claim of a
lane until the last outcome was read by a reader of committed records. source (Redis lock, SELECT
FOR UPDATE, guarded UPDATE, reservation, outbox row) and guarded (the same without lock and SELECT):
64 callers, from the first call to the last answer; nobody publishes their outbox. Ratios are of
medians.`;

/** All sides over one workload, round after round, each round begun by another side. */
export async function throughput(
  name: WorkloadName,
  scale: Scale,
  view: ProgressView,
): Promise<BenchmarkResult> {
  const runs = await inRounds(
    name,
    scale,
    view,
    (isLast) => [onhandSide({ verify: isLast }), sourceSide, guardedSide],
    (side) => makeWorkload(name, orders[name][side] * scale.factor),
  );
  return {
    name,
    tables: [
      rateTable(runs, { title: titles[name], unit: 'commands', note }),
      costTable(runs, 'commands'),
    ],
    faults: faultsOf(name, runs),
    data: Object.fromEntries(runs),
  };
}
