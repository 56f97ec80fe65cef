import type { Settings } from '../config/settings.ts';
import { OperationalError } from '../ops/errors.ts';
import { listLanes } from '../storage/listLanes.ts';
import type { EngineName, LaneId } from '../storage/progress.ts';
import type { Querying } from '../storage/together.ts';

/** Which lanes an operator means: all, unless engines or partitions are named. */
export interface LaneChoice {
  engine?: EngineName;
  partition?: readonly number[];
}

/**
 * The lanes that are meant and that were ever claimed. Throws PARTITION_UNKNOWN for a partition
 * that the topics do not have, LANE_UNKNOWN for one that was named and never claimed.
 */
export async function chosenLanes(
  reader: Querying,
  settings: Settings,
  { engine, partition }: LaneChoice,
): Promise<Pick<LaneId, 'engine' | 'lane'>[]> {
  const beyond = partition?.find((lane) => lane >= settings.ONHAND_PARTITIONS);
  if (beyond !== undefined) {
    throw new OperationalError('PARTITION_UNKNOWN', `there is no partition ${beyond}`, {
      hint: `Topics have ${settings.ONHAND_PARTITIONS} partitions, numbered from 0.`,
    });
  }
  const lanes = (await listLanes(reader))
    .filter((one) => engine === undefined || one.engine === engine)
    .filter((one) => partition === undefined || partition.includes(one.lane))
    .map((one) => ({ engine: one.engine, lane: one.lane }));
  const missing = partition?.find((lane) => !lanes.some((one) => one.lane === lane));
  if (missing === undefined) return lanes;
  throw new OperationalError('LANE_UNKNOWN', `lane ${missing} was never claimed`, {
    hint: 'A processor claims its lanes when it starts: `onhand run`.',
  });
}
