import { setTimeout as sleep } from 'node:timers/promises';
import { StockCommandProducer } from '../producers/stockCommandProducer.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { benchInstallation } from './benchInstallation.ts';
import { onCleanUp } from './cleanUp.ts';
import { openLoop } from './openLoop.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { reserveOne } from './preload.ts';
import type { ProgressView } from './progressView.ts';
import { percentile, spreadOf } from './statistics.ts';
import { WorkerProcess } from './workerProcess.ts';

const loads = [
  { perSecond: 20, skus: 100 },
  { perSecond: 200, skus: 1000 },
];
const warmUpSeconds = 3;
const answerMsMax = 10_000;

const note = `Open loop, one command per send, acks=all, reader of committed records in the sending
process. Medians over the rounds of exact percentiles.`;

interface LatencyRun {
  perSecond: number;
  p50: number;
  p99: number;
  max: number;
  samples: number;
  drops: number;
}

/**
 * Time from when a command was due to be sent until its outcome was read by a reader of committed
 * records, in an open loop: one command per send, acknowledged by all copies.
 */
export async function latency(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const installation = await benchInstallation();
  const waiting = new Map<string, number>();
  let samples: number[] = [];
  const worker = new WorkerProcess(installation);
  const reader = await OutcomeReader.open(installation, ({ commandId }) => {
    const due = waiting.get(commandId ?? '');
    if (due === undefined) return;
    samples.push(performance.now() - due);
    waiting.delete(commandId ?? '');
  });
  const producer = new StockCommandProducer(installation.settings, installation.logger);
  await producer.connect();
  const disconnect = onCleanUp(() => producer.disconnect());
  let orders = 0;

  const measure = async (perSecond: number, skus: number, seconds: number) => {
    samples = [];
    waiting.clear();
    const failures: unknown[] = [];
    await openLoop(perSecond, perSecond * seconds, (number, due) => {
      const command = reserveOne(nameOf((number * 7) % skus), orders++);
      waiting.set(command.commandId, due);
      producer.send([command]).catch((error: unknown) => failures.push(error));
    });
    for (const since = Date.now(); waiting.size > 0; await sleep(10)) {
      worker.requireAlive();
      if (reader.failure) throw reader.failure;
      if (failures.length > 0) throw failures[0];
      if (Date.now() - since > answerMsMax) break;
    }
    return { samples: samples.toSorted((a, b) => a - b), drops: waiting.size };
  };

  const runs: LatencyRun[] = [];
  try {
    await worker.claimed(installation.settings.ONHAND_PARTITIONS);
    await producer.send(openingStock());
    await measure(200, 1000, warmUpSeconds);
    for (let round = 0; round < scale.rounds; round++) {
      for (const { perSecond, skus } of round % 2 === 0 ? loads : loads.toReversed()) {
        view.step(`latency, round ${round + 1} of ${scale.rounds}: ${perSecond}/s`);
        const measured = await measure(perSecond, skus, scale.full ? 20 : 10);
        runs.push({ perSecond, ...summary(measured.samples), drops: measured.drops });
      }
    }
  } finally {
    await disconnect();
    await worker.stop();
    await reader.close();
    await installation.close();
  }
  return {
    name: 'latency',
    tables: [latencyTable(runs)],
    faults: runs
      .filter(({ drops }) => drops > 0)
      .map(({ drops, perSecond }) => `latency: ${drops} outcomes missing at ${perSecond}/s`),
    data: runs,
  };
}

function nameOf(sku: number): string {
  return `SKU-${10_000 + sku}`;
}

function openingStock() {
  return Array.from({ length: 1000 }, (_, index) => {
    const head = { commandId: `receive-${index}`, sku: nameOf(index), location: 'main' };
    return { kind: 'ReceiveStock' as const, ...head, quantity: 1_000_000 };
  });
}

function summary(sorted: readonly number[]): Omit<LatencyRun, 'perSecond' | 'drops'> {
  return {
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
    samples: sorted.length,
  };
}

function latencyTable(runs: readonly LatencyRun[]) {
  const rows = loads.map(({ perSecond, skus }) => {
    const own = runs.filter((run) => run.perSecond === perSecond);
    const column = (of: (run: LatencyRun) => number) => {
      const { median, min, max } = spreadOf(own.map(of));
      return `${median.toFixed(1)} (${min.toFixed(1)}..${max.toFixed(1)})`;
    };
    const sum = (of: (run: LatencyRun) => number) => own.reduce((all, run) => all + of(run), 0);
    return [
      `${perSecond}/s on ${skus.toLocaleString('en')} SKUs`,
      column(({ p50 }) => p50),
      column(({ p99 }) => p99),
      column(({ max }) => max),
      sum(({ samples }) => samples),
      sum(({ drops }) => drops),
    ];
  });
  const head = ['load', 'p50 ms (min..max)', 'p99 ms', 'max ms', 'answers', 'missing'];
  return { title: 'latency, command due → event read', head, rows, note };
}
