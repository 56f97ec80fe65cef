import type { Figure } from '../src/docs/benchResults.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { type CallersSide, connectionsMax, onhandCallers, shopCallers } from './callersSide.ts';
import { differences } from './checkReserved.ts';
import { Latencies, type LatencySummary } from './latencies.ts';
import { spreadText } from './latencyTable.ts';
import type { ProgressView } from './progressView.ts';
import { rotated } from './rounds.ts';
import { spreadOf } from './statistics.ts';

const sides = [onhandCallers, shopCallers('source'), shopCallers('guarded')];
const endlessStock = 1_000_000_000;
const warmUpCalls = 200;
const plain = 64;

const note = `Closed loop: each caller waits for its answer, then calls again. onhand is called by
its upstream client, which sends to Kafka and reads the answer from Kafka. The others have a
connection per caller, ${connectionsMax} at most, and publish nothing. Medians (min..max) over the
rounds.`;

type CallersRun = LatencySummary & {
  side: string;
  skus: number;
  callers: number;
  perSecond: number;
};

/** One SKU with ever more callers, and 1,000 SKUs with 64: throughput, and what a caller waits. */
export async function callersSweep(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const counts = scale.full ? [1, 4, 16, 64, 256, 1024] : [1, 16, 64, 256, 1024];
  const seconds = Math.max(1, Math.min(6, scale.seconds * 0.6));
  const rounds = scale.full ? scale.rounds : 1;
  const runs: CallersRun[] = [];
  const faults: string[] = [];
  const sweep = async (side: CallersSide, skusCount: number, callersCounts: number[]) => {
    const skus = Array.from({ length: skusCount }, (_, index) => `SKU-${10_000 + index}`);
    const answering = await side.open(
      skus,
      skus.map(() => endlessStock),
    );
    let [calls, granted] = [0, 0];
    const call = async () => {
      const order = calls++;
      if (await answering.reserve(skus[order % skusCount] ?? '', `order-${order}`)) granted++;
    };
    await Promise.all(Array.from({ length: warmUpCalls }, call));
    for (const callers of callersCounts) {
      view.step(`callers: ${side.name}, ${skusText(skusCount)}, ${callers} at a time`);
      const run = await closedLoop(callers, seconds, call);
      runs.push({ side: side.name, skus: skusCount, callers, ...run });
    }
    const compared = differences([
      ['granted', granted, calls],
      ['units reserved', await answering.reserved(), calls],
    ]);
    faults.push(...compared.map((fault) => `callers, ${side.name}: ${fault}`));
    await answering.close();
  };
  for (let round = 0; round < rounds; round++) {
    for (const side of rotated(sides, round)) {
      await sweep(side, 1, counts);
      await sweep(side, 1000, [plain]);
    }
  }
  const names = sides.map(({ name }) => name);
  const rate = (side: string, callers: number) => medianOf(runs, side, 1, callers, rateIn);
  return {
    name: 'callers',
    tables: [tableOf(runs, 1, counts), tableOf(runs, 1000, [plain])],
    figures: figuresOf(runs, counts),
    charts: [
      {
        kind: 'lines',
        title: 'callers on one SKU, each waiting for its answer',
        unit: 'answers/s',
        along: 'callers',
        lines: names.map((label) => {
          return {
            label,
            points: counts.map((count): [number, number] => [count, rate(label, count)]),
          };
        }),
      },
    ],
    faults,
    data: runs,
  };
}

async function closedLoop(callers: number, seconds: number, call: () => Promise<void>) {
  const latencies = new Latencies();
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let answered = 0;
  const caller = async () => {
    for (let from = begun; from < end;) {
      await call();
      const now = performance.now();
      latencies.record(now - from);
      if (now <= end) answered++;
      from = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: answered / seconds, ...latencies.summary() };
}

const rateIn = ({ perSecond }: CallersRun) => perSecond;

function valuesOf(
  runs: readonly CallersRun[],
  side: string,
  skus: number,
  callers: number,
  of: (run: CallersRun) => number,
): number[] {
  return runs
    .filter((run) => run.side === side && run.skus === skus && run.callers === callers)
    .map(of);
}

function medianOf(...selection: Parameters<typeof valuesOf>): number {
  return spreadOf(valuesOf(...selection)).median;
}

function tableOf(runs: readonly CallersRun[], skus: number, counts: readonly number[]) {
  const rows = counts.flatMap((callers) =>
    sides.map(({ name }) => {
      const values = (of: (run: CallersRun) => number) => valuesOf(runs, name, skus, callers, of);
      return [
        callers,
        name,
        Math.round(spreadOf(values(rateIn)).median),
        spreadText(values(({ p50 }) => p50)),
        spreadText(values(({ p99 }) => p99)),
      ];
    }),
  );
  const head = ['callers', 'side', 'answers/s', 'p50 ms (min..max)', 'p99 ms'];
  const title = `callers awaiting answers, ${skusText(skus)}`;
  return { title, head, rows, note };
}

function figuresOf(runs: readonly CallersRun[], counts: readonly number[]): Figure[] {
  const rates = counts.map((callers) => medianOf(runs, 'onhand', 1, callers, rateIn));
  // What more callers may cost: each rate beside the best with as many callers or fewer.
  const kept = rates.map((rate, index) => rate / Math.max(...rates.slice(0, index + 1)));
  const ratio = (other: string, skus: number, callers: number, part: 'p50' | 'p99'): Figure => {
    const of = (side: string) => medianOf(runs, side, skus, callers, (run) => run[part]);
    const who = `${callers} caller${callers === 1 ? '' : 's'} on ${skusText(skus)}`;
    const against = other === 'source' ? 'source design' : 'guarded UPDATE';
    const what = `${who}, ${part}: ${against} / onhand`;
    return { what, value: of(other) / of('onhand'), unit: 'x', least: 1 };
  };
  const what = '1 to 1,024 callers on one SKU: least share of the best rate with fewer callers';
  return [
    { what, value: Math.min(...kept), unit: 'x', least: 0.8 },
    ...[1, 1000].flatMap((skus) => [
      ratio('source', skus, plain, 'p50'),
      ratio('source', skus, plain, 'p99'),
      ratio('guarded', skus, plain, 'p50'),
    ]),
    ratio('guarded', 1, 1, 'p50'),
  ];
}

function skusText(skus: number): string {
  return skus === 1 ? 'one SKU' : `${skus.toLocaleString('en')} SKUs`;
}
