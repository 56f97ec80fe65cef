import type { BenchmarkResult, ResultTable, Scale } from './benchmark.ts';
import { costTable } from './costTable.ts';
import { type OrderLatencyRun, orderLatency } from './orderLatency.ts';
import { orderMonolithSide } from './orderMonolithSide.ts';
import { orderOnhandSide } from './orderOnhandSide.ts';
import type { OrderSideName } from './orderSide.ts';
import { orderSourceSide } from './orderSourceSide.ts';
import { makeOrderWorkload } from './orderWorkload.ts';
import type { ProgressView } from './progressView.ts';
import { rateOf, rateTable } from './rateTable.ts';
import { faultsOf, inRounds } from './rounds.ts';
import { spreadOf } from './statistics.ts';

/** Orders per run: each side is kept busy for some seconds on two slow cores. */
const counts: Record<OrderSideName, number> = { onhand: 8000, source: 1500, monolith: 4000 };

const title = 'orders of 3 lines on 1,000 SKUs, evenly: all lines or none';

const rateNote = `onhand: Kafka to Kafka, a fresh processor on a full topic, from its first claim of
a lane until the last verdict was read by a reader of committed records. monolith (the best case of
one database: order, three guarded UPDATEs, reservations and outbox row in one local transaction)
and source (order, then per line a Redis lock, SELECT FOR UPDATE, guarded UPDATE, reservation,
outbox row; its global transaction left out): 64 callers, from the first call to the last answer;
nobody publishes their outbox. Ratios are of medians.`;

const latencyNote = `Open loop, shares of the median above, reader of committed records in the
sending process. Medians over the rounds of exact percentiles.`;

/** Whole orders, from order event to verdict: how many a second, and how long one takes. */
export async function orders(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const runs = await inRounds(
    'orders',
    scale,
    view,
    (isLast) => [orderOnhandSide({ verify: isLast }), orderSourceSide, orderMonolithSide],
    (side) => makeOrderWorkload(counts[side] * scale.factor),
  );
  const maximum = rateOf(runs.get('onhand') ?? []).median;
  const latencies = await orderLatency(maximum, scale, view);
  const missing = latencies.filter((run) => run.missing > 0);
  return {
    name: 'orders',
    tables: [
      rateTable(runs, { title, unit: 'orders', note: rateNote }),
      costTable(runs, 'orders'),
      latencyTable(latencies),
    ],
    faults: [
      ...faultsOf('orders', runs),
      ...missing.map((run) => `orders: ${run.missing} verdicts missing at ${run.perSecond}/s`),
    ],
    data: { ...Object.fromEntries(runs), latency: latencies },
  };
}

function latencyTable(runs: readonly OrderLatencyRun[]): ResultTable {
  const loads = new Map<number, OrderLatencyRun[]>();
  for (const run of runs) loads.set(run.share, [...(loads.get(run.share) ?? []), run]);
  const rows = [...loads].map(([share, own]) => {
    const column = (of: (run: OrderLatencyRun) => number) => {
      const { median, min, max } = spreadOf(own.map(of));
      return `${median.toFixed(1)} (${min.toFixed(1)}..${max.toFixed(1)})`;
    };
    const sum = (of: (run: OrderLatencyRun) => number) =>
      own.reduce((all, run) => all + of(run), 0);
    return [
      `${share * 100} %, ${own[0]?.perSecond.toLocaleString('en')}/s`,
      column(({ p50 }) => p50),
      column(({ p99 }) => p99),
      column(({ max }) => max),
      sum(({ samples }) => samples),
      sum((run) => run.missing),
    ];
  });
  const head = ['load', 'p50 ms (min..max)', 'p99 ms', 'max ms', 'answers', 'missing'];
  return { title: 'onhand, order due → verdict read', head, rows, note: latencyNote };
}
