import type { Connection } from 'mysql2/promise';
import { topicsOf } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';
import {
  boundsOf,
  type LogPoint,
  type LogRange,
  requireKept,
  requireRange,
  resolveLogPoint,
} from '../replay/logRange.ts';
import { type Checkpoint, newestCheckpoint } from '../storage/checkpoints.ts';
import { type Progress, requireSameTopic } from '../storage/progress.ts';
import type { VerifyContext } from './verifyContext.ts';

/** What of a lane is to be compared. */
export interface AskedRange {
  from: LogPoint;
  /** The lane's progress unless it is given. */
  to?: Exclude<LogPoint, 'checkpoint'>;
}

/** What of a lane is compared: outcomes from `from` on, up to `to`. */
export interface LaneRange extends LogRange {
  /** Where the fold begins: with no state, or with that of a checkpoint. */
  begin: number;
  checkpoint: Checkpoint | undefined;
  /** The end of the log now. */
  logEnd: number;
}

/**
 * What of a lane's log is folded and compared. Throws TOPIC_REPLACED and PARTITION_COUNT_CHANGED
 * where the log is not the one that the lane was made from, RANGE_INVALID, RANGE_BEYOND_LOG,
 * CHECKPOINT_MISSING, and LOG_CUT where retention has deleted what the fold needs.
 */
export async function resolveLaneRange(
  context: VerifyContext,
  snapshot: Connection,
  progress: Progress,
  asked: AskedRange,
): Promise<LaneRange> {
  const { engine, lane, nextOffset } = progress;
  const log = await context.readLog(topicsOf(context.topics, engine).input.name);
  requireSameTopic(progress, log);
  const { low, high: logEnd } = boundsOf(log, lane);
  const end = Math.min(nextOffset, logEnd);
  const resolve = (point: Exclude<LogPoint, 'checkpoint'>) => {
    return resolveLogPoint(context.admin, log, lane, point);
  };
  const to = asked.to === undefined ? end : await resolve(asked.to);
  const given = asked.from === 'checkpoint' ? undefined : await resolve(asked.from);
  // A fold from the start proves more; from a checkpoint it proves what can still be proved.
  const mayNeed = given === undefined || (given > 0 && low > 0);
  const checkpoint = mayNeed ? await newestCheckpoint(snapshot, progress, given ?? to) : undefined;
  if (given === undefined && !checkpoint) throw noCheckpoint(progress, to);
  const begin = checkpoint?.nextOffset ?? 0;
  const range = { from: given ?? begin, to, begin, checkpoint, logEnd };
  const isAllApplied = given === undefined ? begin === end : end === 0 && asked.from === 'start';
  if (isAllApplied && asked.to === undefined) return range;
  requireRange(log, lane, { from: range.from, to }, end);
  requireKept(log, lane, begin);
  return range;
}

function noCheckpoint({ engine, lane }: Progress, upTo: number): OperationalError {
  const message = `${engine} lane ${lane} has no checkpoint up to ${upTo}`;
  return new OperationalError('CHECKPOINT_MISSING', message, {
    hint: 'See `onhand checkpoint list`; fold from the start with --from start.',
  });
}
