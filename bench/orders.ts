import type { BenchmarkResult, Scale } from './benchmark.ts';
import { costTable } from './costTable.ts';
import { latencyTable, missingAnswers } from './latencyTable.ts';
import { orderLatency } from './orderLatency.ts';
import { orderMonolithSide } from './orderMonolithSide.ts';
import { orderOnhandSide } from './orderOnhandSide.ts';
import { orderSourceSide } from './orderSourceSide.ts';
import { makeOrderWorkload } from './orderWorkload.ts';
import type { ProgressView } from './progressView.ts';
import { rateOf, rateTable } from './rateTable.ts';
import { faultsOf, inRounds } from './rounds.ts';
import { chartOf } from './throughput.ts';

/** Orders per run: each side is kept busy for some seconds on two slow cores. */
const counts: Record<string, number> = { onhand: 8000, source: 1500, monolith: 4000 };

const title = 'orders of 3 lines on 1,000 SKUs, evenly: all lines or none';

const rateNote = `onhand: Kafka to Kafka, a fresh processor on a full topic, from its first claim
of a lane until the last verdict was read by a reader of committed records. monolith (the best case
of one database: order, three guarded UPDATEs, reservations and outbox row in one local
transaction) and source (order, then per line a Redis lock, SELECT FOR UPDATE, guarded UPDATE,
reservation, outbox row; its global transaction left out): 64 callers, from the first call to the
last answer; nobody publishes their outbox. Ratios are of medians.`;

const latencyNote = `Open loop, shares of the median above, reader of committed records in the
sending process. HDR histogram.`;

/** Whole orders, from order event to verdict: how many a second, and how long one takes. */
export async function orders(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const runs = await inRounds(
    'orders',
    scale,
    view,
    (isLast) => [orderOnhandSide({ verify: isLast }), orderSourceSide, orderMonolithSide],
    (side) => makeOrderWorkload((counts[side] ?? 0) * scale.factor),
  );
  const maximum = rateOf(runs.get('onhand') ?? []).median;
  const latencies = await orderLatency(maximum, scale, view);
  const ratio = (side: string) => maximum / rateOf(runs.get(side) ?? []).median;
  return {
    name: 'orders',
    tables: [
      rateTable(runs, { title, unit: 'orders', note: rateNote }),
      costTable(runs, 'orders'),
      latencyTable('onhand, order due → verdict read', latencies, latencyNote),
    ],
    figures: [
      {
        what: 'orders of 3 lines: onhand / source design',
        value: ratio('source'),
        unit: 'x',
        least: 1,
      },
      {
        what: 'orders of 3 lines: onhand / one transaction of a monolith',
        value: ratio('monolith'),
        unit: 'x',
        least: 1,
      },
    ],
    charts: [chartOf(title, 'orders/s', runs)],
    faults: [...faultsOf('orders', runs), ...missingAnswers('orders', latencies)],
    data: { ...Object.fromEntries(runs), latency: latencies },
  };
}
