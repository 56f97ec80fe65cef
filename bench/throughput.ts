import type { Figure } from '../src/docs/benchResults.ts';
import type { BenchmarkResult, Chart, Scale } from './benchmark.ts';
import { costTable } from './costTable.ts';
import { kafkaFloorSide } from './floors/kafkaFloorSide.ts';
import { mysqlFloorSide } from './floors/mysqlFloorSide.ts';
import { lifeOnhandSide, lifeShopSide } from './lifeSides.ts';
import { makeLifeWorkload } from './lifeWorkload.ts';
import { onhandSide } from './onhandSide.ts';
import type { ProgressView } from './progressView.ts';
import { rateOf, rateTable } from './rateTable.ts';
import { faultsOf, inRounds } from './rounds.ts';
import { shopSide } from './shopSide.ts';
import type { Side, SideRun } from './side.ts';
import { type Workload, makeWorkload } from './workload.ts';

/** A benchmark of throughput: its work, and how much of it each side gets. */
interface Throughput {
  title: string;
  /** Of few words, for figures. */
  short: string;
  sides: (isLast: boolean) => Side[];
  work: (orders: number) => Workload;
  /** Orders per run, by side: each is kept busy for some seconds on two slow cores. */
  orders: Record<string, number>;
  /** How many times the source design it should be. */
  least?: number;
}

const reserving = (isLast: boolean) => [
  onhandSide({ verify: isLast }),
  shopSide('source'),
  shopSide('guarded'),
  mysqlFloorSide,
  kafkaFloorSide,
];
const living = (isLast: boolean) => [
  lifeOnhandSide({ verify: isLast }),
  lifeShopSide('source'),
  lifeShopSide('guarded'),
];

const all = { onhand: 150_000, 'MySQL alone': 150_000, 'Kafka alone': 150_000 };

const benchmarks = {
  spread: {
    title: 'orders on 1,000 SKUs, evenly',
    short: '1,000 SKUs evenly',
    sides: reserving,
    work: (orders) => makeWorkload('spread', orders),
    orders: { ...all, guarded: 20_000, source: 10_000 },
    least: 12,
  },
  zipf: {
    title: 'orders on 1,000 SKUs, Zipf 1.0: the first SKU gets 13 %',
    short: '1,000 SKUs, Zipf 1.0',
    sides: reserving,
    work: (orders) => makeWorkload('zipf', orders),
    orders: { ...all, guarded: 16_000, source: 8000 },
    least: 20,
  },
  hot: {
    title: 'all orders on one SKU',
    short: 'one SKU',
    sides: reserving,
    work: (orders) => makeWorkload('hot', orders),
    orders: { ...all, guarded: 8000, source: 3000 },
    least: 50,
  },
  life: {
    title: 'whole lives on 1,000 SKUs: reserved, then 60 % paid, 20 % cancelled, 20 % expired',
    short: 'whole lives, 1,000 SKUs',
    sides: living,
    work: (orders) => makeLifeWorkload('spread', orders),
    orders: { onhand: 70_000, guarded: 10_000, source: 5000 },
  },
  'life-hot': {
    title: 'whole lives on one SKU',
    short: 'whole lives, one SKU',
    sides: living,
    work: (orders) => makeLifeWorkload('hot', orders),
    orders: { onhand: 60_000, guarded: 4000, source: 1500 },
  },
} satisfies Record<string, Throughput>;

export type ThroughputName = keyof typeof benchmarks;

const note = `onhand: Kafka to Kafka, a fresh processor on a full topic, from its first claim of a
lane until the last outcome was read by a reader of committed records. source (Redis lock, SELECT
FOR UPDATE, guarded UPDATE, reservation, outbox row) and guarded (the same without lock and
SELECT): 64 callers, from the first call to the last answer; nobody publishes their outbox. MySQL
alone: the rows that onhand writes, decided beforehand, in full slices; Kafka alone: its messages
likewise, in Kafka transactions. Ratios are of medians.`;

/** All sides over one workload, round after round, each round begun by another side. */
export async function throughput(
  name: ThroughputName,
  scale: Scale,
  view: ProgressView,
): Promise<BenchmarkResult> {
  const { title, short, sides, work, orders, least }: Throughput = benchmarks[name];
  const runs = await inRounds(name, scale, view, sides, (side) =>
    work((orders[side] ?? 0) * scale.factor),
  );
  return {
    name,
    tables: [rateTable(runs, { title, unit: 'commands', note }), costTable(runs, 'commands')],
    figures: figuresOf(short, runs, least),
    charts: [chartOf(title, 'commands/s', runs)],
    faults: faultsOf(name, runs),
    data: Object.fromEntries(runs),
  };
}

/** The rates of all sides, as a picture. */
export function chartOf(title: string, unit: string, runs: ReadonlyMap<string, SideRun[]>): Chart {
  const rows = [...runs].map(([label, own]) => ({ label, ...rateOf(own) }));
  return { kind: 'rows', title, unit, rows };
}

function figuresOf(
  short: string,
  runs: ReadonlyMap<string, SideRun[]>,
  least: number | undefined,
): Figure[] {
  const rate = (side: string) => rateOf(runs.get(side) ?? []).median;
  const ours = rate('onhand');
  const figures: Figure[] = [
    { what: `${short}: onhand, commands/s`, value: ours, unit: '' },
    {
      what: `${short}: onhand / source design`,
      value: ours / rate('source'),
      unit: 'x',
      ...(least !== undefined && { least }),
    },
    { what: `${short}: onhand / guarded UPDATE`, value: ours / rate('guarded'), unit: 'x' },
  ];
  if (!runs.has('MySQL alone')) return figures;
  const floor = Math.min(rate('MySQL alone'), rate('Kafka alone'));
  const statements = (runs.get('onhand') ?? []).map(({ cost, commands }) => {
    return (cost.statements / commands) * 1000;
  });
  return [
    ...figures,
    {
      what: `${short}: share of the slower floor`,
      value: (ours / floor) * 100,
      unit: '%',
      least: 60,
    },
    {
      what: `${short}: MySQL statements per 1,000 commands`,
      value: Math.min(...statements),
      unit: '',
      most: 15,
    },
  ];
}
