import type { Connection } from 'mysql2/promise';
import { boundsOf } from '../replay/logRange.ts';
import { type OutboxRow, readOutbox } from '../storage/outbox.ts';
import type { EngineName } from '../storage/progress.ts';
import { readWholeOutbox } from '../storage/readLane.ts';
import { type Finding, LaneFindings } from './findings.ts';
import { ForwardedComparison, type ForwardedDifference } from './forwardedComparison.ts';
import type { MessageColumns } from './messageColumns.ts';
import { itemOfMessage } from './messageText.ts';
import { openSnapshot } from './openSnapshot.ts';
import { type VerifyContext, readPlain } from './verifyContext.ts';

/** Differences of one partition of which more is told than that they are there. */
const toldMax = 100;

/** One partition of the other engine's log, and what lanes must have written into it. */
export interface ForwardedTask {
  engine: EngineName;
  kind: OutboxRow['kind'];
  topic: string;
  partition: number;
  rows: MessageColumns;
  /** Outbox sequences of the lanes in their snapshots. */
  sequences: ReadonlyMap<number, number>;
  /** Whether the rows are all that the lanes have written, so that more records are too many. */
  isWhole: boolean;
}

export interface ForwardedReport {
  findings: Finding[];
}

/** Compares what lanes must have written into one partition of the other engine's log. */
export async function verifyForwarded(
  context: VerifyContext,
  task: ForwardedTask,
): Promise<ForwardedReport> {
  const { topic, partition, kind, rows, isWhole } = task;
  const { low, high } = boundsOf(await context.readLog(topic), partition);
  const comparison = new ForwardedComparison(kind, rows, low > 0);
  for await (const records of readPlain(context, topic, partition, { from: low, to: high })) {
    comparison.take(records);
  }
  if (isWhole) await allowLater(context, task, comparison);
  return tell(context, task, comparison.end(isWhole));
}

/** A command that comes again is answered again, also while this is being verified. */
async function allowLater(
  { settings }: VerifyContext,
  { engine, sequences }: ForwardedTask,
  comparison: ForwardedComparison,
): Promise<void> {
  for (const lane of comparison.surplusLanes()) {
    const snapshot = await openSnapshot(settings);
    try {
      const later = readWholeOutbox(snapshot, { engine, lane }, sequences.get(lane) ?? 0);
      for await (const rows of later) rows.forEach((row) => comparison.allow(row));
    } finally {
      await snapshot.end();
    }
  }
}

/** The messages themselves were not kept: the outbox says what they are about. */
async function tell(
  { settings }: VerifyContext,
  { engine, kind, topic }: ForwardedTask,
  differences: readonly ForwardedDifference[],
): Promise<ForwardedReport> {
  if (differences.length === 0) return { findings: [] };
  const snapshot = await openSnapshot(settings);
  try {
    const lanes = new Map<number, LaneFindings>();
    for (const { lane, sequence, offset, expected, found } of differences.slice(0, toldMax)) {
      const findings = lanes.get(lane) ?? new LaneFindings({ engine, lane });
      lanes.set(lane, findings);
      const row = await rowAt(snapshot, engine, lane, sequence);
      const item = row ? itemOfMessage(kind, row) : null;
      const what = `${kind} of sequence ${sequence}`;
      findings.note({ where: topic, what, item, offset, expected, found });
    }
    const all = [...lanes.values()];
    return { findings: all.flatMap(({ kept }) => kept) };
  } finally {
    await snapshot.end();
  }
}

async function rowAt(snapshot: Connection, engine: EngineName, lane: number, sequence: number) {
  const [row] = await readOutbox(snapshot, engine, lane, sequence - 1, oneRow);
  return row?.sequence === sequence ? row : undefined;
}

const oneRow = { rowsMax: 1, bytesMax: 0 };
