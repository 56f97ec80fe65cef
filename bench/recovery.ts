import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { BenchError } from './benchError.ts';
import { differences } from './checkReserved.ts';
import { LiveOnhand } from './liveOnhand.ts';
import { openLoop } from './openLoop.ts';
import type { ProgressView } from './progressView.ts';
import { spreadOf } from './statistics.ts';

const perSecond = 300;
const skus = 1000;
const beforeSeconds = 4;
/** A lane that answers within this has not lost its owner. */
const undisturbedMs = 3000;
/** Beyond the session time-out: a member that was killed is missed only then. */
const spareSeconds = 8;

const note = `Two processors share all lanes, ${perSecond} commands/s in an open loop; one gets
SIGKILL. From then until the first event of a command that was sent afterwards, of the lanes that
were its own: the first of them, and the last.`;

interface RecoveryRun {
  lanes: number;
  firstMs: number;
  lastMs: number;
  faults: string[];
}

/** How long lanes stand still whose processor is killed. */
export async function recovery(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const runs: RecoveryRun[] = [];
  let sessionSeconds = NaN;
  for (let round = 0; round < (scale.full ? scale.rounds : 1); round++) {
    view.step(`recovery, round ${round + 1}: two processors, one is killed`);
    const afterKill = new Map<number, number>();
    let killedAt = Infinity;
    let firstAfter = Infinity;
    const onEvent = ({ commandId, partition }: PublishedStockEvent) => {
      if (Number(commandId?.slice('reserve-'.length)) < firstAfter) return;
      if (!afterKill.has(partition)) afterKill.set(partition, performance.now() - killedAt);
    };
    const live = await LiveOnhand.open({ skus, processes: 2, onEvent });
    sessionSeconds = live.at.settings.ONHAND_SESSION_TIMEOUT_SECONDS;
    await live.shared();
    const seconds = beforeSeconds + sessionSeconds + spareSeconds;
    const failures: unknown[] = [];
    await openLoop(perSecond, perSecond * seconds, (number) => {
      if (number === perSecond * beforeSeconds) {
        firstAfter = live.sent;
        killedAt = performance.now();
        live.kill();
      }
      live.send().sent.catch((error: unknown) => failures.push(error));
    });
    if (failures.length > 0) throw failures[0];
    await live.untilAnswered();
    const lost = [...afterKill.values()].filter((ms) => ms > undisturbedMs);
    if (lost.length === 0) throw new BenchError('the processor that was killed owned no lane');
    const faults = differences([
      ['events', live.reader.events, skus + live.sent],
      ['breaks of a sequence', live.reader.breaks, 0],
    ]);
    runs.push({
      lanes: lost.length,
      firstMs: Math.min(...lost),
      lastMs: Math.max(...lost),
      faults,
    });
    await live.close();
  }
  const first = spreadOf(runs.map(({ firstMs }) => firstMs / 1000));
  const last = spreadOf(runs.map(({ lastMs }) => lastMs / 1000));
  const lanes = runs.map((run) => run.lanes).join(', ');
  const cells = [
    sessionSeconds,
    lanes,
    ...[first, last].map(({ median, min, max }) => {
      return `${median.toFixed(1)} (${min.toFixed(1)}..${max.toFixed(1)})`;
    }),
  ];
  const head = ['session time-out s', 'lanes that were its own', 'first event s', 'last lane s'];
  const what = `recovery after SIGKILL under load, last lane; session time-out ${sessionSeconds} s`;
  return {
    name: 'recovery',
    tables: [{ title: 'recovery: SIGKILL under load', head, rows: [cells], note }],
    figures: [{ what, value: last.median, unit: 's', most: sessionSeconds + 2 }],
    faults: runs.flatMap(({ faults }) => faults.map((fault) => `recovery: ${fault}`)),
    data: runs,
  };
}
