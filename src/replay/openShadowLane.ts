import type { Connection, RowDataPacket } from 'mysql2/promise';
import { openReplay } from '../engine/openReplay.ts';
import { policyOf } from '../engine/policyOf.ts';
import { topicsOf } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';
import { type Checkpoint, newestCheckpoint } from '../storage/checkpoints.ts';
import { operatorConnection } from '../storage/operatorConnection.ts';
import { type LaneId, type Progress, readProgress, requireSameTopic } from '../storage/progress.ts';
import type { FoldTally } from './foldTally.ts';
import type { LaneSources } from './laneSources.ts';
import { boundsOf, readLogBounds, requireKept } from './logRange.ts';
import { readPublished } from '../storage/publications.ts';
import { connectReader } from './readPartition.ts';
import { readCheckpoint } from './readCheckpoint.ts';
import { ShadowLane } from './shadowLane.ts';
import { type Prunable, ShadowOutbox } from './shadowOutbox.ts';

/** Where a fold begins: `newest` is a checkpoint if there is one, else the log's start. */
export type FoldStart = 'start' | 'checkpoint' | 'newest';

/** A lane with empty shadow tables, or those of a checkpoint; who opens it closes it. */
export interface OpenedLane {
  shadow: ShadowLane;
  /** What it begins at; undefined for the log's start. */
  checkpoint: Checkpoint | undefined;
}

/**
 * Opens a lane for being folded up to its progress; `tally` is told how far it is.
 * Throws LANE_UNKNOWN, PARTITION_COUNT_CHANGED,
 * TOPIC_REPLACED, REBUILD_REFUSED when its progress is beyond the log, LOG_CUT when what is needed
 * of the log is gone, CHECKPOINT_MISSING, CHECKPOINT_DAMAGED, MySQL's and Kafka's errors.
 */
export async function openShadowLane(
  sources: LaneSources,
  place: Pick<LaneId, 'engine' | 'lane'>,
  start: FoldStart,
  tally: FoldTally,
): Promise<OpenedLane> {
  const connection = await operatorConnection(sources.settings);
  try {
    const progress = await requireProgress(connection, place);
    const checkpoint = await startingPoint(connection, progress, start);
    await requireLog(sources, progress, checkpoint?.nextOffset ?? 0);
    const shadow = await newShadowLane(sources, connection, progress, tally);
    try {
      await shadow.createTables();
      if (checkpoint) await takeOver(sources, shadow, checkpoint);
      return { shadow, checkpoint };
    } catch (error) {
      await shadow.close();
      throw error;
    }
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

async function requireProgress(
  connection: Connection,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
): Promise<Progress> {
  const progress = await readProgress(connection, engine, lane);
  if (progress) return progress;
  throw new OperationalError('LANE_UNKNOWN', `${engine} lane ${lane} was never claimed`, {
    hint: 'A processor claims its lanes when it starts: `onhand run`.',
  });
}

async function startingPoint(
  connection: Connection,
  progress: Progress,
  start: FoldStart,
): Promise<Checkpoint | undefined> {
  if (start === 'start') return undefined;
  const newest = await newestCheckpoint(connection, progress, progress.nextOffset);
  if (newest || start === 'newest') return newest;
  throw new OperationalError(
    'CHECKPOINT_MISSING',
    `${progress.engine} lane ${progress.lane} has no checkpoint up to ${progress.nextOffset}`,
    { hint: 'See `onhand checkpoint list`; fold from the start with --from start.' },
  );
}

/** The log must be the lane's, be there from `from` on, and reach as far as the lane. */
async function requireLog(sources: LaneSources, progress: Progress, from: number): Promise<void> {
  const { engine, lane, nextOffset } = progress;
  const log = await readLogBounds(sources, topicsOf(sources.topics, engine).input.name);
  requireSameTopic(progress, log);
  const { high } = boundsOf(log, lane);
  if (nextOffset > high) {
    throw new OperationalError(
      'REBUILD_REFUSED',
      `${engine} lane ${lane} is at offset ${nextOffset}, but its log ends at ${high}`,
      { hint: 'Restore the log, or the progress row of the lane.' },
    );
  }
  if (from < nextOffset) requireKept(log, lane, from);
}

async function newShadowLane(
  sources: LaneSources,
  connection: Connection,
  progress: Progress,
  tally: FoldTally,
): Promise<ShadowLane> {
  const { engine, lane, logTime } = progress;
  const { commandMemoryMs } = policyOf(sources.settings);
  const prunable: Prunable = {
    before: await readOldest(connection, progress),
    published: await readPublished(connection, engine, lane),
    forgottenBefore: logTime - commandMemoryMs,
  };
  const replay = openReplay(sources.settings, progress, []);
  const outbox = new ShadowOutbox(connection, progress, prunable, commandMemoryMs);
  // One each: lanes that are folded at the same time do not share a connection to a broker.
  const reader = await connectReader(sources);
  return new ShadowLane(sources, connection, reader, replay, outbox, tally);
}

/** Sequence of the oldest row that is there; 0 when there is none. */
async function readOldest(
  connection: Connection,
  { engine, lane }: Pick<LaneId, 'engine' | 'lane'>,
): Promise<number> {
  const [rows] = await connection.query<(RowDataPacket & { oldest: number | null })[]>(
    'SELECT MIN(sequence) AS oldest FROM outbox WHERE engine = ? AND lane = ?',
    [engine, lane],
  );
  return rows[0]?.oldest ?? 0;
}

/** Puts what a checkpoint holds into the shadow tables and the fold. */
async function takeOver(
  { settings }: LaneSources,
  shadow: ShadowLane,
  checkpoint: Checkpoint,
): Promise<void> {
  const reading = await operatorConnection(settings);
  try {
    for await (const chunk of readCheckpoint(reading, checkpoint)) await shadow.takeOver(chunk);
  } finally {
    reading.destroy();
  }
  shadow.resume(checkpoint);
}
