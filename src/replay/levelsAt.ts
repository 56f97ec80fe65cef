import { LaneReplay } from '../engine/laneReplay.ts';
import { policyOf } from '../engine/policyOf.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { OperationalError } from '../ops/errors.ts';
import type { StoredLevel } from '../storage/readLane.ts';
import { type LogPoint, resolveLogPoint } from './logRange.ts';
import type { ReplaySources } from './replaySources.ts';
import { type FoldedLane, beginFold, foldedRecords, openFoldedLane } from './stockFold.ts';

/** The levels of a SKU at a point of its lane's log. */
export interface LevelsAt {
  lane: number;
  /** The state is that of the log before this offset. */
  offset: number;
  /** Log time of the last command before it, in ms since 1970; 0 when there is none. */
  time: number;
  /** Commands up to the point that no processor has applied yet: they are left out. */
  unapplied: number;
  levels: StoredLevel[];
}

/**
 * Folds the SKU's lane up to an offset of the command log, or up to a time, from the newest
 * checkpoint before it or from the start. `onRead`: so many offsets are folded, of so many. Throws
 * RANGE_INVALID, RANGE_BEYOND_LOG when no processor has applied what is before the offset, and what
 * `openFoldedLane` and `beginFold` throw.
 */
export async function levelsAt(
  sources: ReplaySources,
  sku: string,
  at: LogPoint,
  onRead: (read: number, total: number) => void,
): Promise<LevelsAt> {
  const { settings } = sources;
  const lane = partitionOf(sku, settings.ONHAND_PARTITIONS);
  const opened = await openFoldedLane(sources, lane);
  const asked = await offsetOf(sources, opened, at);
  const to = Math.min(asked, opened.progress.nextOffset);
  const replay = new LaneReplay(opened.progress, policyOf(settings), opened.failed);
  const from = await beginFold(sources, opened, 'newest', to, [replay]);
  for await (const records of foldedRecords(sources, opened, from, to)) {
    replay.fold(records);
    onRead(replay.progress.nextOffset - from, to - from);
  }
  const items = [...replay.state.items.values()].filter((item) => item.sku === sku);
  const levels = items.map(({ location, level }) => ({ sku, location, ...level }));
  levels.sort((a, b) => (a.location < b.location ? -1 : 1));
  return {
    lane,
    offset: to,
    time: replay.progress.logTime,
    unapplied: asked - to,
    levels: levels.filter(({ sequence }) => sequence > 0),
  };
}

async function offsetOf(
  { admin }: ReplaySources,
  { progress: { lane, nextOffset }, log }: FoldedLane,
  at: LogPoint,
): Promise<number> {
  if (at === 'checkpoint') {
    throw new OperationalError('RANGE_INVALID', 'a level is asked for at an offset or a time', {
      hint: 'Give --at an offset of the command log, or a time such as 2025-11-28T18:00Z.',
    });
  }
  const offset = await resolveLogPoint(admin, log, lane, at);
  if (typeof at === 'object' && 'offset' in at && offset > nextOffset) {
    const place = `${log.topic}/${lane}`;
    throw new OperationalError(
      'RANGE_BEYOND_LOG',
      `offset ${offset} of ${place} is not applied yet: the lane is at ${nextOffset}`,
      { hint: `Give an offset of at most ${nextOffset}.` },
    );
  }
  return offset;
}
