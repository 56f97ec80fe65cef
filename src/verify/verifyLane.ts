import type { Connection } from 'mysql2/promise';
import { LaneReplay } from '../engine/laneReplay.ts';
import type { Progress } from '../storage/progress.ts';
import type { AuditTally } from './auditTally.ts';
import { compareOrders } from './compareOrders.ts';
import { compareProgress } from './compareProgress.ts';
import { compareStock } from './compareStock.ts';
import { type Finding, LaneFindings, type LanePlace } from './findings.ts';
import type { MessageColumns } from './messageColumns.ts';
import { LaneComparison } from './laneComparison.ts';
import { type AskedRange, type LaneRange, resolveLaneRange } from './laneRange.ts';
import { ObservedLane } from './observedLane.ts';
import { openReplayAt, readInput, requireProgress } from './laneInput.ts';
import { openSnapshot } from './openSnapshot.ts';
import type { LateRows } from './publishedLane.ts';
import { untilPublished } from './untilPublished.ts';
import type { VerifyContext } from './verifyContext.ts';

/** A lane to be verified. */
export interface LaneTask extends LanePlace {
  range: AskedRange;
}

/** How a lane was found. */
export interface LaneReport extends LanePlace {
  /** Outcomes were compared of log offsets from `from` on, up to `to`. */
  from: number;
  to: number;
  /** Whether that is the lane's progress, at which its tables were compared too. */
  isAtProgress: boolean;
  /** Records folded. */
  records: number;
  /** Outbox sequence at `to`. */
  outboxSequence: number;
  findings: Finding[];
  /** Findings, also those that were not kept. */
  differences: number;
  /** What was published late: no findings. */
  late: LateRows[];
  tallies: AuditTally[];
  counts: ReadonlyMap<string, number>;
  /** What it must have written into the other engine's log, by partition. */
  forwarded: ReadonlyMap<number, MessageColumns>;
}

/** Few enough for what they cause: one order event may cause a thousand rows. */
const recordsAtOnce = 200;

/**
 * Folds the log of a lane through the pure core and compares what follows from it with the lane's
 * rows, at its progress in one snapshot, and with its published records, as all of them are read.
 * `onRecords` is told of records as they are folded. Throws what `resolveLaneRange` throws.
 */
export async function verifyLane(
  context: VerifyContext,
  { engine, lane, range: asked }: LaneTask,
  onRecords: (count: number) => void,
): Promise<LaneReport> {
  const snapshot = await openSnapshot(context.settings);
  try {
    const progress = await requireProgress(snapshot, { engine, lane });
    const range = await resolveLaneRange(context, snapshot, progress, asked);
    await untilPublished(context, progress);
    return await compareLane(context, snapshot, progress, range, onRecords);
  } finally {
    // A query may still be under way.
    snapshot.destroy();
  }
}

async function compareLane(
  context: VerifyContext,
  snapshot: Connection,
  progress: Progress,
  range: LaneRange,
  onRecords: (count: number) => void,
): Promise<LaneReport> {
  const { engine, lane } = progress;
  const findings = new LaneFindings(progress);
  const observed = new ObservedLane(await openReplayAt(context, snapshot, progress, range));
  const { replay } = observed;
  let comparison: LaneComparison | undefined;
  const compared = async () => {
    const at = { from: range.from, sequence: replay.progress.outboxSequence };
    comparison ??= await LaneComparison.open(context, snapshot, progress, at, findings);
    return comparison;
  };
  let records = 0;
  for await (const batch of readInput(context, progress, range)) {
    const wanted = batch.findIndex(({ offset }) => offset >= range.from);
    observed.take(batch.slice(0, wanted < 0 ? batch.length : wanted));
    for (let at = wanted; at >= 0 && at < batch.length; at += recordsAtOnce) {
      const into = comparison ?? (await compared());
      const { rows, offsets } = observed.take(batch.slice(at, at + recordsAtOnce));
      await into.take(rows, offsets);
    }
    records += batch.length;
    onRecords(batch.length);
  }
  const isAtProgress = range.to >= Math.min(progress.nextOffset, range.logEnd);
  const ended = await compared();
  await ended.end(isAtProgress);
  if (isAtProgress) await compareTables(snapshot, observed, progress, range.logEnd, findings);
  return {
    engine,
    lane,
    from: range.from,
    to: isAtProgress ? progress.nextOffset : range.to,
    isAtProgress,
    records,
    outboxSequence: replay.progress.outboxSequence,
    findings: findings.kept,
    differences: findings.count,
    late: ended.published.late,
    tallies: ended.published.audit.tallies(),
    counts: ended.published.audit.counts,
    forwarded: ended.forwarded.end(),
  };
}

async function compareTables(
  snapshot: Connection,
  observed: ObservedLane,
  progress: Progress,
  logEnd: number,
  findings: LaneFindings,
): Promise<void> {
  const { replay } = observed;
  compareProgress(replay.progress, progress, logEnd, findings);
  if (replay instanceof LaneReplay) await compareStock(snapshot, observed, replay, findings);
  else await compareOrders(snapshot, observed, replay, progress.nextOffset, findings);
}
