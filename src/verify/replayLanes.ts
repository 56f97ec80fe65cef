import type { RowDataPacket } from 'mysql2/promise';
import { laneRecords } from '../../consumers/laneRecords.ts';
import { readTopic } from '../../consumers/readTopic.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import { orderPolicyOf } from '../engine/orderPolicyOf.ts';
import { OrderReplay } from '../engine/orderReplay.ts';
import { policyOf } from '../engine/policyOf.ts';
import { topicsOf } from '../messaging/topics.ts';
import { readFailedDecisions } from '../storage/failedDecisions.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type EngineName, type Progress, readProgress } from '../storage/progress.ts';
import type { VerifyContext } from './verifyContext.ts';

/** A lane as it is stored, and as its log says that it must be. */
export interface ReplayedLane {
  replay: LaneReplay | OrderReplay;
  /** Outbox rows that the log demands. */
  rows: OutboxRow[];
  /** The progress row in the snapshot. */
  progress: Progress;
}

/** Folds the log of every lane of an engine up to the lane's progress in the snapshot. */
export async function replayLanes(
  context: VerifyContext,
  engine: EngineName,
): Promise<ReplayedLane[]> {
  const { settings, logger, admin, topics, registry } = context;
  const lanes = await openReplays(context, engine);
  await readTopic(
    settings,
    logger,
    admin,
    topicsOf(topics, engine).input.name,
    async (lane, records) => {
      const replayed = lanes.get(lane);
      if (!replayed) return;
      const { nextOffset } = replayed.progress;
      await registry?.learn(registry.unlearned(records));
      const applied = laneRecords(records, registry).filter(({ offset }) => offset < nextOffset);
      for (const row of replayed.replay.apply(applied)) replayed.rows.push(row);
    },
  );
  return [...lanes.values()];
}

async function openReplays(
  { settings, snapshot }: VerifyContext,
  engine: EngineName,
): Promise<Map<number, ReplayedLane>> {
  const [rows] = await snapshot.query<(RowDataPacket & { lane: number })[]>(
    'SELECT lane FROM progress WHERE engine = ? ORDER BY lane',
    [engine],
  );
  const lanes = new Map<number, ReplayedLane>();
  for (const { lane } of rows) {
    const progress = await readProgress(snapshot, engine, lane);
    if (!progress) continue;
    const failed = await readFailedDecisions(snapshot, engine, lane);
    const replay =
      engine === 'stock'
        ? new LaneReplay(progress, policyOf(settings), failed)
        : new OrderReplay(progress, orderPolicyOf(settings), failed);
    lanes.set(lane, { replay, rows: [], progress });
  }
  return lanes;
}
