import type { RowDataPacket } from 'mysql2/promise';
import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import { CostMeter } from './costMeter.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { preload } from './preload.ts';
import { peakMemoryMiBOf } from './processCost.ts';
import type { ProgressView } from './progressView.ts';
import type { Side, SideRun } from './side.ts';
import { untilRead } from './untilRead.ts';
import { verifyInstallation } from './verifyInstallation.ts';
import { WorkerProcess } from './workerProcess.ts';
import type { Workload } from './workload.ts';

/**
 * Kafka to Kafka: the orders wait on the commands topic, then one processor is started. Timed from
 * its first claim of a lane until the last outcome was read by a reader of committed records.
 */
export function onhandSide({ verify }: { verify: boolean }): Side {
  return {
    name: 'onhand',
    run: async (workload, view) => {
      const installation = await benchInstallation();
      try {
        const run = await drain(installation, workload, view);
        if (verify) run.faults.push(...(await verifyInstallation(installation, view)));
        return run;
      } finally {
        await installation.close();
      }
    },
  };
}

async function drain(
  installation: BenchInstallation,
  workload: Workload,
  view: ProgressView,
): Promise<SideRun> {
  const commands = workload.orders.length + workload.skus.length;
  await preload(installation, workload, view.bar('preload', commands));
  const reader = await OutcomeReader.open(installation);
  const meter = await CostMeter.open(installation.pool, ['mysql', 'kafka']);
  const worker = new WorkerProcess(installation);
  try {
    await worker.claimed(1);
    const begun = performance.now();
    await meter.start({ processor: worker.pid });
    await untilRead(commands, reader, worker, view.bar('onhand ', commands));
    const seconds = (reader.lastAt - begun) / 1000;
    const cost = await meter.stop();
    const more = { peakMemoryMiB: Math.round(peakMemoryMiBOf(worker.pid) ?? NaN) };
    await worker.stop();
    view.endBar();
    const { granted, refused } = reader;
    const found = await check(installation, workload, reader, commands);
    return { commands, seconds, granted, refused, cost, more, ...found };
  } finally {
    await worker.stop();
    await reader.close();
  }
}

/** What must hold afterwards: of the events that were read, and of the rows in MySQL. */
async function check(
  { pool }: BenchInstallation,
  { grantable }: Workload,
  { events, granted, breaks }: OutcomeReader,
  commands: number,
): Promise<{ oversold: number; faults: string[] }> {
  const [[stock], [rows]] = await Promise.all([
    pool.query<(RowDataPacket & { oversold: number })[]>(
      `SELECT CAST(SUM(GREATEST(held - on_hand, 0)) AS SIGNED) AS oversold FROM stock_levels JOIN
         (SELECT lane, sku, location, SUM(pending) AS held FROM reservations GROUP BY 1, 2, 3)
         AS holds USING (lane, sku, location)`,
    ),
    pool.query<(RowDataPacket & { outbox: number; reservations: number })[]>(
      `SELECT (SELECT COUNT(*) FROM outbox) AS outbox,
         (SELECT COUNT(*) FROM reservations) AS reservations`,
    ),
  ]);
  const { oversold = NaN } = stock[0] ?? {};
  const { outbox = NaN, reservations = NaN } = rows[0] ?? {};
  const faults: string[] = [];
  const expect = (what: string, found: number, wanted: number) => {
    if (found !== wanted) faults.push(`${what}: ${found} instead of ${wanted}`);
  };
  expect('events', events, commands);
  expect('breaks of a sequence', breaks, 0);
  expect('granted', granted, grantable);
  expect('outbox rows', outbox, commands);
  expect('reservations', reservations, grantable);
  expect('units oversold', oversold, 0);
  return { oversold, faults };
}
