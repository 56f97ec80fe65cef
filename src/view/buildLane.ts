import type { Pool } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { readProgress } from '../storage/progress.ts';
import { setLevels } from './setLevels.ts';
import { readLevelPage } from './storedLevels.ts';
import type { ViewClient } from './viewClient.ts';

const rowsMax = 1000;

/** What a lane's levels in Redis hold after it was built. */
export interface BuiltLane {
  /** Every outbox row up to this sequence. */
  through: number;
  /** Stock items in MySQL, and how many of their levels were missing in Redis or older. */
  items: number;
  set: number;
}

/**
 * Brings every level of a lane from MySQL to Redis, page by page; newer ones that come from the
 * lane's owner meanwhile stay. Undefined when the lane has never been claimed.
 */
export async function buildLane(
  pool: Pool,
  client: ViewClient,
  settings: Settings,
  lane: number,
): Promise<BuiltLane | undefined> {
  // Read first: the pages hold at least what was committed by then.
  const progress = await readProgress(pool, 'stock', lane);
  if (!progress) return undefined;
  let items = 0;
  let set = 0;
  let page = await readLevelPage(pool, lane, undefined, rowsMax);
  while (page.length > 0) {
    items += page.length;
    set += await setLevels(client, settings, progress.topicId, page);
    page = await readLevelPage(pool, lane, page.at(-1), rowsMax);
  }
  return { through: progress.outboxSequence, items, set };
}
