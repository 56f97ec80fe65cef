import { readTopic } from '../../consumers/readTopic.ts';
import { requireReadable } from '../messaging/batches/unreadableBatch.ts';
import { type PublishedStockLevel, decodeStockLevel } from '../messaging/stockLevelCodec.ts';
import type { VerifyContext } from '../verify/verifyContext.ts';
import type { LaneDemand } from './laneDemand.ts';

/**
 * Levels of stock items, by lane, whose last one on `stock.levels` is older than the lane's log
 * demands, or is not there.
 */
export async function lackingLevels(
  { settings, logger, admin, topics, registry }: VerifyContext,
  demands: readonly LaneDemand[],
): Promise<Map<number, PublishedStockLevel[]>> {
  const lacking = new Map(
    demands
      .filter(({ levels }) => levels.size > 0)
      .map(({ lane, levels }) => [lane, new Map(levels)] as const),
  );
  if (lacking.size === 0) return new Map();
  const wanted = new Map(demands.map(({ lane, levels }) => [lane, levels]));
  await readTopic(settings, logger, admin, topics.stockLevels.name, async (lane, records) => {
    requireReadable(records, topics.stockLevels.name, lane);
    const plain = registry ? await registry.plainRecords(records) : records;
    for (const { key, value } of plain) {
      const name = String(key);
      const level = wanted.get(lane)?.get(name);
      if (!level) continue;
      // The last record of a key is the one that stays.
      const isThere = value !== null && decodeStockLevel(value).sequence >= level.sequence;
      if (isThere) lacking.get(lane)?.delete(name);
      else lacking.get(lane)?.set(name, level);
    }
  });
  return new Map([...lacking].map(([lane, levels]) => [lane, [...levels.values()]]));
}
