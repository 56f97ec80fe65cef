import { laneRecords } from '../../consumers/laneRecords.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import type { LaneReplay } from '../engine/laneReplay.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { OperationalError } from '../ops/errors.ts';
import { newestCheckpoint } from '../storage/checkpoints.ts';
import { type FailedDecision, readFailedDecisions } from '../storage/failedDecisions.ts';
import { type Progress, readProgress, requireSameTopic } from '../storage/progress.ts';
import { type LogBounds, boundsOf, readLogBounds, requireKept } from './logRange.ts';
import { putChunk } from './putChunk.ts';
import { readCheckpoint } from './readCheckpoint.ts';
import { connectReader } from './readPartition.ts';
import type { ReplaySources } from './replaySources.ts';

/** A lane of the stock engine, to be folded in memory, for looking only. */
export interface FoldedLane {
  progress: Progress;
  log: LogBounds;
  /** Decisions that failed when the lane was live. */
  failed: FailedDecision[];
}

/** Where a fold begins: `newest` is a checkpoint if there is one, else the log's start. */
export type FoldBegin = 'start' | 'checkpoint' | 'newest';

/** Throws LANE_UNKNOWN, TOPIC_MISSING, TOPIC_REPLACED, PARTITION_COUNT_CHANGED. */
export async function openFoldedLane(sources: ReplaySources, lane: number): Promise<FoldedLane> {
  const { pool, topics } = sources;
  const progress = await readProgress(pool, 'stock', lane);
  if (!progress) {
    throw new OperationalError('LANE_UNKNOWN', `stock lane ${lane} was never claimed`, {
      hint: 'A processor claims its lanes when it starts: `onhand run`.',
    });
  }
  const log = await readLogBounds(sources, topics.stockCommands.name);
  requireSameTopic(progress, log);
  return { progress, log, failed: await readFailedDecisions(pool, 'stock', lane) };
}

/**
 * Puts the state with which a fold up to `to` begins into the replays, and answers the offset from
 * which on they go on. Throws CHECKPOINT_MISSING, CHECKPOINT_DAMAGED, LOG_CUT when retention has
 * deleted what is needed.
 */
export async function beginFold(
  { pool }: ReplaySources,
  { progress, log }: FoldedLane,
  begin: FoldBegin,
  to: number,
  replays: readonly LaneReplay[],
): Promise<number> {
  const { lane } = progress;
  const checkpoint = begin === 'start' ? undefined : await newestCheckpoint(pool, progress, to);
  if (begin === 'checkpoint' && !checkpoint) {
    throw new OperationalError('CHECKPOINT_MISSING', `stock lane ${lane} has none up to ${to}`, {
      hint: 'See `onhand checkpoint list`; fold from the start with --from start.',
    });
  }
  const from = checkpoint?.nextOffset ?? 0;
  if (from < to && begin === 'newest') requireReach(log, lane, from);
  if (from < to) requireKept(log, lane, from);
  if (!checkpoint) return from;
  const connection = await pool.getConnection();
  try {
    for await (const chunk of readCheckpoint(connection, checkpoint)) {
      for (const replay of replays) putChunk(replay, chunk);
    }
    connection.release();
  } catch (error) {
    connection.destroy();
    throw error;
  }
  for (const replay of replays) replay.resume(checkpoint);
  return from;
}

/** The same as `requireKept`, for those who leave it to us where to begin. */
function requireReach(log: LogBounds, lane: number, from: number): void {
  const { low } = boundsOf(log, lane);
  if (from >= low) return;
  const message = `${log.topic}/${lane} begins at offset ${low}, and no checkpoint reaches so far`;
  throw new OperationalError('LOG_CUT', message, {
    hint: 'Ask for a point after the oldest checkpoint that does: `onhand checkpoint list`.',
  });
}

/** The lane's commands at offsets from `from` to below `to`, as lanes take them, in batches. */
export async function* foldedRecords(
  sources: ReplaySources,
  { progress, log }: FoldedLane,
  from: number,
  to: number,
): AsyncGenerator<LaneRecord[], void, undefined> {
  const registry = openRegistry(sources.settings);
  const reader = await connectReader(sources);
  try {
    for await (const records of reader.read(log.topic, progress.lane, from, to)) {
      await registry?.learn(registry.unlearned(records));
      yield laneRecords(records, registry);
    }
  } finally {
    await reader.disconnect();
  }
}
