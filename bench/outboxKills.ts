import { benchInstallation } from './benchInstallation.ts';
import { differences } from './checkReserved.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { commandsOf, sendCommands } from './preload.ts';
import type { ProgressView } from './progressView.ts';
import { untilRead } from './untilRead.ts';
import { WorkerProcess } from './workerProcess.ts';
import { makeWorkload } from './workload.ts';

/** The least that brokers allow: each successor waits for it. */
const sessionSeconds = 6;
/** Kafka transactions that a processor gets through before it kills itself. */
const passes = 3;
const ordersPerKill = 4000;

/** What a reader of committed records saw of processors that were killed where it hurts most. */
export interface KillsRun {
  kills: number;
  events: number;
  lost: number;
  doubled: number;
  faults: string[];
}

/** Kills so many processors right after Kafka has committed, then lets one do the rest. */
export async function outboxKills(kills: number, view: ProgressView): Promise<KillsRun> {
  const workload = makeWorkload('spread', ordersPerKill * kills);
  const expected = workload.orders.length + workload.skus.length;
  const at = await benchInstallation({ ONHAND_SESSION_TIMEOUT_SECONDS: String(sessionSeconds) });
  const reader = await OutcomeReader.open(at);
  const commands = [...commandsOf(workload)];
  const share = Math.ceil(commands.length / kills);
  const env = { ONHAND_FAULT: `publish-after-commit:${passes}` };
  for (let kill = 0; kill < kills; kill++) {
    view.step(`outbox: kill ${kill + 1} of ${kills} between Kafka's commit and the note of it`);
    await sendCommands(at, commands.slice(kill * share, (kill + 1) * share));
    await new WorkerProcess(at, { env }).ended();
  }
  const worker = new WorkerProcess(at);
  await untilRead(expected, reader, [worker]);
  await worker.stop();
  await reader.close();
  await at.close();
  const { events, doubled } = reader;
  const lost = expected - (events - doubled);
  const faults = differences([
    ['events lost', lost, 0],
    ['events doubled', doubled, 0],
  ]);
  return { kills, events, lost, doubled, faults: faults.map((fault) => `outbox: ${fault}`) };
}
