import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import { type Cost, CostMeter } from './costMeter.ts';
import { peakMemoryMiBOf } from './processCost.ts';
import type { ProgressView } from './progressView.ts';
import type { Side, SideRun } from './side.ts';
import { type AnswerReader, untilRead } from './untilRead.ts';
import { verifyInstallation } from './verifyInstallation.ts';
import { WorkerProcess } from './workerProcess.ts';

/** A log that onhand works off: what is on it, and what must have become of it. */
export interface Drain<Work, Reader extends AnswerReader> {
  name: string;
  /** What works it off, as arguments of Node; `onhand run` unless given. */
  program?(work: Work): readonly string[];
  /** Answers that are counted, and that must have been read at the end. */
  answers(work: Work): number;
  /** Puts all of the work on its topics. `show` is told how many are sent. */
  preload(at: BenchInstallation, work: Work, show: (sent: number) => void): Promise<void>;
  openReader(at: BenchInstallation): Promise<Reader>;
  /** Of what was read, and of the rows in MySQL. */
  check(
    at: BenchInstallation,
    work: Work,
    reader: Reader,
  ): Promise<{ oversold: number; faults: string[] }>;
}

export interface DrainOptions {
  /** True: `onhand replay verify` afterwards. */
  verify?: boolean;
  /** Settings of this side. */
  env?: Record<string, string>;
  /**
   * So many processes that own all lanes before the first command is sent, and stand still until
   * the last one is. Without it: one, started on a full topic.
   */
  processes?: number;
  /** Flags of Node for the process that is started on a full topic. */
  flags?: readonly string[];
  name?: string;
}

/**
 * Kafka to Kafka: the work waits on its topic, then onhand is let loose. Timed from then, which is
 * a fresh processor's first claim of a lane, until the last answer was read by a reader of
 * committed records.
 */
export function drainSide<Work, Reader extends AnswerReader>(
  drain: Drain<Work, Reader>,
  options: DrainOptions = {},
): Side<Work> {
  return {
    name: options.name ?? drain.name,
    run: async (work, view) => {
      const at = await benchInstallation(options.env);
      try {
        const run = await timed(at, drain, work, options, view);
        if (options.verify) run.faults.push(...(await verifyInstallation(at, view)));
        return run;
      } finally {
        await at.close();
      }
    },
  };
}

async function timed<Work, Reader extends AnswerReader>(
  at: BenchInstallation,
  drain: Drain<Work, Reader>,
  work: Work,
  { processes = 0, flags = [] }: DrainOptions,
  view: ProgressView,
): Promise<SideRun> {
  const commands = drain.answers(work);
  const workers = Array.from({ length: processes }, () => new WorkerProcess(at));
  let reader: Reader | undefined;
  try {
    // A lane of each engine per partition.
    await workers[0]?.claimed(2 * at.settings.ONHAND_PARTITIONS);
    reader = await drain.openReader(at);
    for (const worker of workers) worker.signal('SIGSTOP');
    await drain.preload(at, work, view.bar('preload', commands));
    const meter = await CostMeter.open(at.pool, ['mysql', 'kafka', 'redis']);
    for (const worker of workers) worker.signal('SIGCONT');
    if (workers.length === 0) {
      const program = drain.program?.(work);
      workers.push(new WorkerProcess(at, { flags, ...(program && { program }) }));
      await workers[0]?.claimed(1);
    }
    const begun = performance.now();
    const costs = await count(meter, workers);
    await untilRead(commands, reader, workers, view.bar(drain.name, commands));
    const seconds = (reader.lastAt - begun) / 1000;
    const cost = await costs();
    const peakMemoryMiB = Math.round(peakMemoryMiBOf(workers[0]?.pid ?? 0) ?? NaN);
    for (const worker of workers) await worker.stop();
    view.endBar();
    const { granted, refused } = reader;
    const found = await drain.check(at, work, reader);
    return { commands, seconds, granted, refused, cost, more: { peakMemoryMiB }, ...found };
  } finally {
    for (const worker of workers) await worker.stop();
    await reader?.close();
  }
}

/** Begins to count what it costs; what is returned ends that. */
async function count(
  meter: CostMeter,
  workers: readonly WorkerProcess[],
): Promise<() => Promise<Cost>> {
  const trafficNow = () => Promise.all(workers.map((worker) => worker.traffic()));
  const names = workers.map(({ pid }, index) => {
    return [index === 0 ? 'processor' : `processor ${index + 1}`, pid] as const;
  });
  const [before] = await Promise.all([trafficNow(), meter.start(Object.fromEntries(names))]);
  return async () => {
    const cost = await meter.stop();
    const kafka = { requests: 0, bytes: 0 };
    for (const [index, after] of (await trafficNow()).entries()) {
      kafka.requests += after.requests - (before[index]?.requests ?? 0);
      kafka.bytes += after.bytes - (before[index]?.bytes ?? 0);
    }
    return { ...cost, kafka };
  };
}
