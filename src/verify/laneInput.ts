import type { Connection } from 'mysql2/promise';
import { laneRecords } from '../../consumers/laneRecords.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import type { LaneReplay } from '../engine/laneReplay.ts';
import { openReplay } from '../engine/openReplay.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import { topicsOf } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';
import { putChunk } from '../replay/putChunk.ts';
import { readCheckpoint } from '../replay/readCheckpoint.ts';
import { readFailedDecisions } from '../storage/failedDecisions.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import type { LanePlace } from './findings.ts';
import type { LaneRange } from './laneRange.ts';
import type { VerifyContext } from './verifyContext.ts';

/** Where a lane is. Throws LANE_UNKNOWN when it was never claimed. */
export async function requireProgress(
  snapshot: Connection,
  { engine, lane }: LanePlace,
): Promise<Progress> {
  const progress = await readProgress(snapshot, engine, lane);
  if (progress) return progress;
  throw new OperationalError('LANE_UNKNOWN', `${engine} lane ${lane} was never claimed`, {
    hint: 'A processor claims its lanes when it starts: `onhand run`.',
  });
}

/** A fold of the lane that is to go on at the range's beginning. */
export async function openReplayAt(
  { settings }: VerifyContext,
  snapshot: Connection,
  progress: Progress,
  { checkpoint }: LaneRange,
): Promise<LaneReplay | OrderReplay> {
  const { engine, lane } = progress;
  const failed = await readFailedDecisions(snapshot, engine, lane);
  const replay = openReplay(settings, progress, failed);
  if (!checkpoint) return replay;
  for await (const chunk of readCheckpoint(snapshot, checkpoint)) putChunk(replay, chunk);
  replay.resume(checkpoint);
  return replay;
}

/** The records of a lane's log, as lanes take them. */
export async function* readInput(
  { reader, topics, registry }: VerifyContext,
  { engine, lane }: Progress,
  { begin, to }: LaneRange,
): AsyncGenerator<LaneRecord[], void, undefined> {
  const { input } = topicsOf(topics, engine);
  for await (const records of reader.read(input.name, lane, begin, to)) {
    await registry?.learn(registry.unlearned(records));
    yield laneRecords(records, registry);
  }
}
