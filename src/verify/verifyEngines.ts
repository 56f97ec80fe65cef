import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import type { Settings } from '../config/settings.ts';
import { topicRegistry } from '../messaging/topics.ts';
import type { OperationalError } from '../ops/errors.ts';
import { chosenLanes } from '../replay/chosenLanes.ts';
import { explainedError } from '../replay/explainedError.ts';
import { LocalTasks, type Outcome, type TaskPool } from '../replay/taskPool.ts';
import { ThreadPool } from '../replay/threadPool.ts';
import { type ListedLane, listLanes } from '../storage/listLanes.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { type AuditLine, auditRows } from './auditRows.ts';
import { tallyLines } from './auditTally.ts';
import { type Finding, type LanePlace, byOffset } from './findings.ts';
import { joinColumns } from './messageColumns.ts';
import { type OpenRecords, openRecordsOf } from './openRecords.ts';
import type { AskedRange } from './laneRange.ts';
import type { LateRows } from './publishedLane.ts';
import { openSnapshot } from './openSnapshot.ts';
import type { ForwardedTask } from './verifyForwarded.ts';
import type { LaneReport, LaneTask } from './verifyLane.ts';
import { type VerifyReport, type VerifyTask, openVerifyTasks } from './verifyTasks.ts';

const threadFile = join(packageRoot, 'dist', 'src', 'verify', 'verifyThread.js');
/** Log positions below which this thread does it all. */
const threadsFrom = 10_000;

/** What is verified: all of both engines, unless something is named. */
export interface VerifyOptions {
  engine?: EngineName;
  partitions?: readonly number[];
  range?: AskedRange;
  /** Threads at once; unless it is given as many as there are processors, for short logs none. */
  jobs?: number;
  /** Told how many records are folded, of about how many. */
  onProgress?: (folded: number, total: number) => void;
}

/** What came of one lane. */
export interface LaneProof extends LanePlace {
  /** Outcomes are compared of log offsets from `from` on up to `offset`. */
  from: number;
  offset: number;
  /** Whether that is the lane's progress: only there its tables can be compared, too. */
  isAtProgress: boolean;
  /** Records folded. */
  records: number;
  /** Outbox rows that they caused up to there. */
  events: number;
  /** What is found to differ; `findings` holds the first ones. */
  differences: number;
  /** Records beyond the progress that were in an open transaction, or behind one, in the end. */
  openRecords: number;
}

/** What a verification found. */
export interface Verification {
  lanes: LaneProof[];
  /** Lanes that could not be verified, and why. */
  failures: (LanePlace & { failure: Pick<OperationalError, 'code' | 'message' | 'hint'> })[];
  lines: AuditLine[];
  /** By lane and log offset: the first one of a lane is where it parts from its log. */
  findings: Finding[];
  /** What was published late, by lane and topic: it is there, so it is no finding. */
  late: LateRows[];
  /** Published stock events by kind, refused commands by their reason; verdicts by kind. */
  counts: ReadonlyMap<string, number>;
  seconds: number;
}

/** Whether everything was verified, and was as it must be. */
export function holds({ failures, lines, findings }: Verification): boolean {
  return failures.length === 0 && findings.length === 0 && lines.every(({ ok }) => ok);
}

/**
 * Folds the logs of lanes through the pure core and compares the result with their rows in MySQL
 * and their records on Kafka, each lane at its progress when its turn comes. Changes nothing; the
 * workers may go on meanwhile. Throws MYSQL_*, KAFKA_*; what keeps a single lane from being
 * verified is among the failures.
 */
export async function verifyEngines(
  settings: Settings,
  options: VerifyOptions = {},
): Promise<Verification> {
  const begun = performance.now();
  const { lanes, lines } = await look(settings, options);
  const total = lanes.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
  let folded = 0;
  const onProgress = (count: number) => options.onProgress?.((folded += count), total);
  const range = options.range ?? { from: 'start' };
  const tasks = lanes.map(({ engine, lane }): LaneTask => ({ engine, lane, range }));
  const pool = await openPool(settings, options, tasks.length, total);
  try {
    const outcomes = (await pool.run(tasks, onProgress)) as Outcome<LaneReport>[];
    const reports = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : []));
    reports.sort(byPlace);
    const more = engineNames.flatMap((engine) => forwardedTasks(settings, engine, reports));
    const found = (await pool.run(more, () => undefined)).flatMap((outcome) => {
      return requireResult(outcome).findings;
    });
    const openRecords = await openRecordsOf(settings);
    return {
      lanes: reports.map((report) => proofOf(report, found, openRecords)),
      failures: failuresOf(tasks, outcomes),
      lines: [...lines, ...tallyLines(reports.flatMap(({ tallies }) => tallies))],
      findings: [...reports.flatMap(({ findings }) => findings), ...found].sort(
        (a, b) => byPlace(a, b) || byOffset(a.offset, b.offset),
      ),
      late: reports.flatMap(({ late }) => late),
      counts: sumOf(reports.map(({ counts }) => counts)),
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    await pool.close();
  }
}

/** Threads are worth it for long logs, and where somebody asks for them. */
async function openPool(
  settings: Settings,
  { jobs }: VerifyOptions,
  lanes: number,
  records: number,
): Promise<TaskPool<VerifyTask, VerifyReport>> {
  if (jobs === undefined && records < threadsFrom) {
    return new LocalTasks(await openVerifyTasks(settings));
  }
  const threads = Math.max(1, Math.min(jobs ?? availableParallelism(), lanes));
  return new ThreadPool(threadFile, { settings }, threads);
}

/** The lanes to be verified, the longest first, and what the tables promise by themselves. */
async function look(
  settings: Settings,
  { engine, partitions }: VerifyOptions,
): Promise<{ lanes: ListedLane[]; lines: AuditLine[] }> {
  const snapshot = await openSnapshot(settings);
  try {
    const chosen = await chosenLanes(snapshot, settings, {
      ...(engine && { engine }),
      ...(partitions && { partition: partitions }),
    });
    const known = await listLanes(snapshot);
    const lanes = known.filter((one) => {
      return chosen.some(({ engine, lane }) => one.engine === engine && one.lane === lane);
    });
    const isAll = engine === undefined && partitions === undefined;
    const lines = isAll ? await auditRows(snapshot) : [];
    return { lanes: lanes.sort((a, b) => b.nextOffset - a.nextOffset), lines };
  } catch (error) {
    throw explainedError(error, settings);
  } finally {
    await snapshot.end();
  }
}

/** What the lanes of an engine have written into the other's log, by its partitions. */
function forwardedTasks(
  settings: Settings,
  engine: EngineName,
  reports: readonly LaneReport[],
): ForwardedTask[] {
  const { orderEvents, stockCommands } = topicRegistry(settings);
  const kind = engine === 'stock' ? 'reply' : 'command';
  const topic = engine === 'stock' ? orderEvents : stockCommands;
  const own = reports.filter((report) => report.engine === engine);
  const sequences = new Map(own.map(({ lane, outboxSequence }) => [lane, outboxSequence]));
  const isWhole = own.every(({ from }) => from === 0);
  return Array.from({ length: topic.partitions }, (_, partition) => partition).flatMap(
    (partition): ForwardedTask[] => {
      const parts = own.flatMap(({ forwarded }) => forwarded.get(partition) ?? []);
      if (parts.length === 0) return [];
      const rows = joinColumns(parts);
      return [{ engine, kind, topic: topic.name, partition, rows, sequences, isWhole }];
    },
  );
}

/** `forwarded`: what was found of messages to the other engine, of all lanes. */
function proofOf(
  report: LaneReport,
  forwarded: readonly Finding[],
  openRecords: OpenRecords,
): LaneProof {
  const { engine, lane, from, to, isAtProgress, records, outboxSequence: events } = report;
  const own = forwarded.filter((finding) => byPlace(finding, report) === 0);
  const differences = report.differences + own.length;
  const open = isAtProgress ? openRecords(engine, lane, to) : 0;
  const proof = { engine, lane, from, offset: to, isAtProgress, records, events, differences };
  return { ...proof, openRecords: open };
}

function failuresOf(
  tasks: readonly LaneTask[],
  outcomes: readonly Outcome<LaneReport>[],
): Verification['failures'] {
  const failures = outcomes.flatMap((outcome, index) => {
    const task = tasks[index];
    if (!task || !('failure' in outcome)) return [];
    const { code, message, hint } = outcome.failure;
    return [{ engine: task.engine, lane: task.lane, failure: { code, message, hint } }];
  });
  return failures.sort(byPlace);
}

function requireResult<Result>(outcome: Outcome<Result>): Result {
  if ('failure' in outcome) throw outcome.failure;
  return outcome.result;
}

/** For sorting: the stock engine first. */
function byPlace(a: LanePlace, b: LanePlace): number {
  return engineNames.indexOf(a.engine) - engineNames.indexOf(b.engine) || a.lane - b.lane;
}

function sumOf(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const each of counts) {
    for (const [kind, count] of each) sum.set(kind, (sum.get(kind) ?? 0) + count);
  }
  return sum;
}
