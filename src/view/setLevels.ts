import type { Settings } from '../config/settings.ts';
import { itemKey } from '../domain/stockState.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { inCalls } from './inCalls.ts';
import type { ViewClient } from './viewClient.ts';
import { levelKey } from './viewKeys.ts';

/**
 * Sets the levels that are newer than what Redis holds; of several of one stock item only the last.
 * `log` is the id of the commands topic that they follow from. Answers how many were set.
 */
export async function setLevels(
  client: ViewClient,
  settings: Settings,
  log: string,
  levels: Iterable<PublishedStockLevel>,
): Promise<number> {
  const last = new Map<string, PublishedStockLevel>();
  for (const level of levels) last.set(itemKey(level.sku, level.location), level);
  const entries = Array.from(last.values(), (level) => ({ key: levelKey(settings, level), level }));
  const counts = await inCalls(client, entries, (some) => {
    const args: (string | number)[] = some.map(({ key }) => key);
    args.push(log);
    for (const { level } of some) {
      args.push(level.sequence, level.onHand, level.reserved, level.time);
    }
    return client.setLevels(some.length, ...args);
  });
  return counts.reduce((sum, set) => sum + set, 0);
}
