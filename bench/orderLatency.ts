import { setTimeout as sleep } from 'node:timers/promises';
import { OrderEventProducer } from '../producers/orderEventProducer.ts';
import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import type { Scale } from './benchmark.ts';
import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import { openLoop } from './openLoop.ts';
import { OrderVerdictReader } from './orderVerdictReader.ts';
import { makeOrderWorkload } from './orderWorkload.ts';
import { receiveAll } from './preload.ts';
import type { ProgressView } from './progressView.ts';
import { percentile } from './statistics.ts';
import { WorkerProcess } from './workerProcess.ts';

const shares = [0.2, 0.8];
const warmUpSeconds = 3;
const answerMsMax = 30_000;
const endlessStock = 1_000_000_000;

/** One run in an open loop at a share of onhand's maximum. Times in ms. */
export interface OrderLatencyRun {
  share: number;
  perSecond: number;
  p50: number;
  p99: number;
  max: number;
  samples: number;
  /** Orders without a verdict, although it was waited for. */
  missing: number;
}

/**
 * Time from when an order was due to be sent until its verdict was read, at shares of a maximum
 * (orders a second) in an open loop, every order granted.
 */
export async function orderLatency(
  maximum: number,
  scale: Scale,
  view: ProgressView,
): Promise<OrderLatencyRun[]> {
  const installation = await benchInstallation();
  const waiting = new Map<string, number>();
  let samples: number[] = [];
  const worker = new WorkerProcess(installation);
  const reader = await OrderVerdictReader.open(installation, ({ orderId }) => {
    const due = waiting.get(orderId);
    if (due === undefined) return;
    samples.push(performance.now() - due);
    waiting.delete(orderId);
  });
  const { settings, logger } = installation;
  const producer = new OrderEventProducer(settings, logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  const { skus, orders } = makeOrderWorkload(10_000);
  let sent = 0;

  const measure = async (perSecond: number, seconds: number) => {
    samples = [];
    waiting.clear();
    const failures: unknown[] = [];
    await openLoop(perSecond, Math.round(perSecond * seconds), (_, due) => {
      const lines = (orders[sent % orders.length] ?? []).map((sku) => ({ sku, quantity: 1 }));
      const orderId = `order-${sent++}`;
      waiting.set(orderId, due);
      producer.placeOrder({ orderId, lines }).catch((error: unknown) => failures.push(error));
    });
    for (const since = Date.now(); waiting.size > 0; await sleep(10)) {
      worker.requireAlive();
      if (reader.failure) throw reader.failure;
      if (failures.length > 0) throw failures[0];
      if (Date.now() - since > answerMsMax) break;
    }
    return { ...summaryOf(samples), missing: waiting.size };
  };

  const runs: OrderLatencyRun[] = [];
  try {
    // A lane of each engine per partition.
    await worker.claimed(2 * settings.ONHAND_PARTITIONS);
    await receive(installation, skus);
    view.step('orders, warm-up');
    await measure(maximum * 0.2, warmUpSeconds);
    for (let round = 0; round < (scale.full ? scale.rounds : 1); round++) {
      for (const share of round % 2 === 0 ? shares : shares.toReversed()) {
        const perSecond = Math.round(maximum * share);
        view.step(`orders, latency at ${perSecond}/s`);
        runs.push({ share, perSecond, ...(await measure(perSecond, scale.full ? 20 : 6)) });
      }
    }
  } finally {
    await disconnect();
    await worker.stop();
    await reader.close();
    await installation.close();
  }
  return runs;
}

async function receive({ settings, logger }: BenchInstallation, skus: string[]): Promise<void> {
  const producer = new StockCommandProducer(settings, logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  await producer.send(receiveAll({ skus, stock: skus.map(() => endlessStock) }));
  await disconnect();
}

function summaryOf(samples: readonly number[]) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted.length > 0 ? percentile(sorted, share) : NaN);
  return { p50: at(0.5), p99: at(0.99), max: at(1), samples: sorted.length };
}
