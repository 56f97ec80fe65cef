import type { Connection } from 'mysql2/promise';
import { faultPoint } from '../ops/faultPoint.ts';
import { type LaneId, readProgress } from '../storage/progress.ts';
import { applyDifference } from '../storage/shadowDifference.ts';
import type { RunningOperation } from './asOperation.ts';
import type { FoldTally } from './foldTally.ts';
import { type LaneDifference, isSame, laneDifference } from './laneDifference.ts';
import type { LaneSources } from './laneSources.ts';
import { type FoldStart, openShadowLane } from './openShadowLane.ts';
import type { ShadowLane } from './shadowLane.ts';

/** What a rebuild found in a lane, and (unless it was a dry run) has mended. */
export interface RebuiltLane extends Pick<LaneId, 'engine' | 'lane'> {
  /** The lane's progress, up to which its log was folded. */
  offset: number;
  /** The offset at which the fold began: 0, or a checkpoint's. */
  from: number;
  records: number;
  seconds: number;
  tables: LaneDifference['tables'];
  wrongProgress: LaneDifference['wrongProgress'];
  isSame: boolean;
}

/** Records that may be left to fold while the lane is held. */
const restMax = 2000;
const roundsMax = 20;

/**
 * Folds a lane from its log beside the live one and compares. With an operation, it makes the live
 * rows what the log says, in one transaction that holds the lane and fences its owner; where
 * nothing differs, nothing is written. Publishes nothing. Throws what `openShadowLane` and
 * `laneDifference` throw, OPERATION_LOST.
 */
export async function rebuildLane(
  sources: LaneSources,
  place: Pick<LaneId, 'engine' | 'lane'>,
  start: FoldStart,
  operation: RunningOperation | undefined,
  tally: FoldTally,
): Promise<RebuiltLane> {
  const begun = performance.now();
  const { shadow, checkpoint } = await openShadowLane(sources, place, start, tally);
  try {
    await foldBeside(shadow);
    const outboxFrom = checkpoint?.outboxFrom ?? Number.MIN_SAFE_INTEGER;
    const compare = () => laneDifference(shadow, sources.settings, outboxFrom);
    const difference = operation
      ? await swap(shadow, operation, compare)
      : await atOneMoment(shadow.connection, compare);
    const { progress, tables, wrongProgress } = difference;
    return {
      ...place,
      offset: progress.nextOffset,
      from: checkpoint?.nextOffset ?? 0,
      records: shadow.records,
      seconds: (performance.now() - begun) / 1000,
      tables,
      wrongProgress,
      isSame: isSame(difference),
    };
  } finally {
    await shadow.close();
  }
}

/** Folds until the lane, which goes on meanwhile, is only a little ahead. */
export async function foldBeside(shadow: ShadowLane): Promise<void> {
  const { engine, lane } = shadow.replay.progress;
  for (let round = 0; round < roundsMax; round++) {
    const progress = await readProgress(shadow.connection, engine, lane);
    const ahead = (progress?.nextOffset ?? 0) - shadow.position;
    if (round > 0 && ahead <= restMax) return;
    if (progress && ahead > 0) await shadow.advance(progress.nextOffset);
    await shadow.writeState();
  }
}

/** Runs reading work in a transaction that sees all tables as they are now, and holds nobody up. */
export async function atOneMoment<Result>(
  connection: Connection,
  work: () => Promise<Result>,
): Promise<Result> {
  await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  const result = await work();
  await connection.query('COMMIT');
  return result;
}

/** The row of the lane's progress is locked first: its owner waits, and is then fenced. */
async function swap(
  { connection, replay, tables }: ShadowLane,
  operation: RunningOperation,
  compare: () => Promise<LaneDifference>,
): Promise<LaneDifference> {
  faultPoint('rebuild-before-swap');
  const { engine, lane, ...id } = replay.progress;
  await connection.query('START TRANSACTION');
  await connection.query('SELECT epoch FROM progress WHERE engine = ? AND lane = ? FOR UPDATE', [
    engine,
    lane,
  ]);
  const difference = await compare();
  if (isSame(difference)) {
    await connection.query('ROLLBACK');
    return difference;
  }
  for (const table of tables) {
    if (difference.tables[table.name]) await applyDifference(connection, table, difference.rows);
  }
  const { outboxSequence, logTime } = replay.progress;
  const applied = replay.progress.applied ?? difference.progress.applied;
  await connection.query(
    `UPDATE progress SET outbox_sequence = ?, log_time = ?, applied_offset = ?, applied_time = ?,
       applied_digest = ?, epoch = epoch + 1
     WHERE engine = ? AND lane = ? AND topic_id = ?`,
    [
      outboxSequence,
      logTime,
      applied?.offset ?? null,
      applied?.time ?? null,
      applied?.digest ?? null,
      engine,
      lane,
      id.topicId,
    ],
  );
  await operation.requireLock(connection);
  faultPoint('rebuild-before-commit');
  await connection.query('COMMIT');
  faultPoint('rebuild-after-commit');
  return difference;
}
