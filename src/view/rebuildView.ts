import { buildLane } from './buildLane.ts';
import { checkView } from './checkView.ts';
import type { ViewFinding, ViewPair } from './compareLevels.ts';
import { setLevels } from './setLevels.ts';
import { levelKey } from './viewKeys.ts';

/** What a rebuild did. */
export interface RebuiltView {
  /** Levels in MySQL. */
  levels: number;
  /** Levels that Redis lacked or held older than that, and now has. */
  set: number;
  /** Levels that were wrong in a way that no late write explains, and were replaced or deleted. */
  mended: number;
}

/**
 * Makes Redis hold what MySQL holds. Harmless when repeated, and while processors go on: a level is
 * replaced only by a newer one, or if it is still the wrong one that was found.
 */
export async function rebuildView(
  pair: ViewPair,
  onLane: (lane: number) => void = () => undefined,
): Promise<RebuiltView> {
  const { pool, client, settings } = pair;
  const rebuilt = { levels: 0, set: 0, mended: 0 };
  for (let lane = 0; lane < settings.ONHAND_PARTITIONS; lane++) {
    onLane(lane);
    const built = await buildLane(pool, client, settings, lane);
    rebuilt.levels += built?.items ?? 0;
    rebuilt.set += built?.set ?? 0;
  }
  await checkView(pair, async (findings) => {
    for (const finding of findings) rebuilt.mended += await mend(pair, finding);
  });
  return rebuilt;
}

async function mend({ client, settings }: ViewPair, finding: ViewFinding): Promise<number> {
  const { log, stored, viewed } = finding;
  if (!viewed) return stored ? setLevels(client, settings, log, [stored]) : 0;
  const found = [log, viewed.sequence];
  const instead = stored ? [stored.sequence, stored.onHand, stored.reserved, stored.time] : [];
  return client.mendLevel(levelKey(settings, finding), ...found, ...instead);
}
