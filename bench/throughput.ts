import type { Cell } from '../src/ops/textTable.ts';
import type { BenchmarkResult, ResultTable, Scale } from './benchmark.ts';
import { costTable } from './costTable.ts';
import { guardedSide } from './guardedSide.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import type { Side, SideName, SideRun } from './side.ts';
import { sourceSide } from './sourceSide.ts';
import { type Spread, spreadOf } from './statistics.ts';
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
  const runs = new Map<SideName, SideRun[]>([
    ['onhand', []],
    ['source', []],
    ['guarded', []],
  ]);
  for (let round = 0; round < scale.rounds; round++) {
    const verify = round === scale.rounds - 1;
    for (const side of rotated([onhandSide({ verify }), sourceSide, guardedSide], round)) {
      view.step(`${name}, round ${round + 1} of ${scale.rounds}: ${side.name}`);
      const count = orders[name][side.name] * scale.factor;
      runs.get(side.name)?.push(await side.run(makeWorkload(name, count), view));
    }
  }
  const faults = [...runs].flatMap(([side, own]) =>
    own.flatMap((run) => run.faults.map((fault) => `${name}, ${side}: ${fault}`)),
  );
  return {
    name,
    tables: [rateTable(name, runs), costTable(runs)],
    faults,
    data: Object.fromEntries(runs),
  };
}

function rotated(sides: Side[], by: number): Side[] {
  const from = by % sides.length;
  return [...sides.slice(from), ...sides.slice(0, from)];
}

function rateTable(name: WorkloadName, runs: ReadonlyMap<SideName, SideRun[]>): ResultTable {
  const rates = new Map<SideName, Spread>();
  for (const [side, own] of runs) {
    rates.set(side, spreadOf(own.map(({ commands, seconds }) => commands / seconds)));
  }
  const ours = rates.get('onhand')?.median ?? NaN;
  const rows = [...runs].map(([side, own]): Cell[] => {
    const { median, min, max } = rates.get(side) ?? spreadOf([]);
    const total = (of: (run: SideRun) => number) => own.reduce((sum, run) => sum + of(run), 0);
    return [
      side,
      Math.round(median),
      `${Math.round(min).toLocaleString('en')}..${Math.round(max).toLocaleString('en')}`,
      `${(ours / median).toFixed(1)}x`,
      total(({ commands }) => commands),
      Number((total(({ seconds }) => seconds) / own.length).toFixed(1)),
      total(({ granted }) => granted),
      total(({ refused }) => refused),
      total(({ oversold }) => oversold),
    ];
  });
  const head = ['side', 'commands/s', 'min..max', 'onhand is', 'commands', 's a run'];
  return { title: titles[name], head: [...head, 'granted', 'refused', 'oversold'], rows, note };
}
