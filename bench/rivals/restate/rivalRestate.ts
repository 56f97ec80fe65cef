import type { Figure } from '../../../src/docs/benchResults.ts';
import type { Benchmark, BenchmarkResult, Scale } from '../../benchmark.ts';
import { onhandCallers } from '../../callersSide.ts';
import { costTable } from '../../costTable.ts';
import { onhandSide } from '../../onhandSide.ts';
import type { ProgressView } from '../../progressView.ts';
import { rateOf, rateTable } from '../../rateTable.ts';
import { faultsOf, inRounds, rotated } from '../../rounds.ts';
import { makeWorkload } from '../../workload.ts';
import { licenceNote, rivalLicences } from '../licences.ts';
import { type AnsweredRun, answerWorkload } from './answerWorkload.ts';
import { answeredTable } from './answeredTable.ts';
import { restateCallers } from './restateCallers.ts';
import { restateKafkaSide } from './restateKafkaSide.ts';
import { type RestatePrograms, restatePrograms } from './restatePrograms.ts';

const callersCounts = [64, 512];
const loads = ['spread', 'hot'] as const;
type Load = (typeof loads)[number];

/** Orders per run: each side is kept busy for some 8 s on two slow cores. */
const orders: Record<Load, { onhand: number; onhandCalls: number; restate: number }> = {
  spread: { onhand: 150_000, onhandCalls: 40_000, restate: 12_000 },
  hot: { onhand: 120_000, onhandCalls: 40_000, restate: 2000 },
};

/** What onhand should at least be ahead of a service that takes one message at a time. */
const least: Record<Load, number> = { spread: 8, hot: 50 };

const titles = { spread: 'reserve on 1,000 SKUs, evenly', hot: 'reserve on one SKU' };

export const rivalRestate: Benchmark = {
  name: 'rival-restate',
  description: 'onhand and Restate (installed by npm): reserve on 1,000 SKUs and on one',
  usual: false,
  run: async (scale, view) => {
    const programs = await restatePrograms((message) => view.step(`restate: ${message}`));
    const results: BenchmarkResult[] = [];
    for (const load of loads) {
      results.push(await byKafka(load, programs, scale, view));
      results.push(await byCalls(load, programs, scale, view));
    }
    return {
      name: 'rival-restate',
      tables: results.flatMap(({ tables }) => tables),
      figures: results.flatMap(({ figures }) => figures ?? []),
      faults: results.flatMap(({ faults }) => faults),
      data: Object.fromEntries(results.map(({ name, data }) => [name, data])),
    };
  },
};

async function byKafka(
  load: Load,
  programs: RestatePrograms,
  scale: Scale,
  view: ProgressView,
): Promise<BenchmarkResult> {
  const runs = await inRounds(
    `restate, ${load}`,
    scale,
    view,
    () => [onhandSide(), restateKafkaSide(programs)],
    (side) => makeWorkload(load, orders[load][side === 'onhand' ? side : 'restate'] * scale.factor),
  );
  const median = (side: string) => rateOf(runs.get(side) ?? []).median;
  const figure: Figure = {
    what: `${titles[load]}, by Kafka: onhand / Restate`,
    value: median('onhand') / median('restate'),
    unit: 'x',
    least: least[load],
  };
  const title = `${titles[load]}, Kafka to Kafka`;
  return {
    name: `${load}, by Kafka`,
    tables: [
      rateTable(runs, { title, unit: 'commands', note: noteFor(programs) }),
      costTable(runs, 'commands'),
    ],
    figures: [figure],
    faults: faultsOf(`restate, ${load}`, runs),
    data: Object.fromEntries(runs),
  };
}

async function byCalls(
  load: Load,
  programs: RestatePrograms,
  { rounds, factor }: Scale,
  view: ProgressView,
): Promise<BenchmarkResult> {
  const runs: (AnsweredRun & { side: string; callers: number })[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const callers of callersCounts) {
      for (const side of rotated([onhandCallers, restateCallers(programs, callers)], round)) {
        const place = `${callers} callers, round ${round + 1} of ${rounds}: ${side.name}`;
        view.step(`restate, ${load}, ${place}`);
        const own = orders[load][side === onhandCallers ? 'onhandCalls' : 'restate'];
        const run = await answerWorkload(side, callers, makeWorkload(load, own * factor), view);
        runs.push({ side: side.name, callers, ...run });
      }
    }
  }
  return {
    name: `${load}, calls`,
    tables: [answeredTable(`${titles[load]}, callers awaiting answers`, runs)],
    faults: runs.flatMap(({ side, callers, faults }) =>
      faults.map((fault) => `restate, ${load}, ${callers} callers, ${side}: ${fault}`),
    ),
    data: runs,
  };
}

function noteFor({ nodeVersion }: RestatePrograms): string {
  const { restateServer, restateSdk } = rivalLicences;
  return `onhand: as in spread and hot, with reservation, outbox row and event. restate: a virtual
object per SKU whose one state value is read and written; no reservation record, no event; it is
subscribed to a full topic, from the first start of a handler to the last end of one. One node with
its defaults (24 partitions, each write synced), telemetry off, an empty server for each run; its
service on Node ${nodeVersion}. ${licenceNote([restateServer, restateSdk])}.`;
}
