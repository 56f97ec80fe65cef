import type { Admin } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { requireReadable } from '../src/messaging/batches/unreadableBatch.ts';
import { openRegistry } from '../src/messaging/registry/openRegistry.ts';
import { type PublishedStockLevel, decodeStockLevel } from '../src/messaging/stockLevelCodec.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import type { Logger } from '../src/ops/logger.ts';
import { readTopic } from './readTopic.ts';
import { untilVisible } from './untilVisible.ts';

/** The levels of a partition, with at least all that its events before `offset` did. */
export interface FeedSnapshot {
  levels: PublishedStockLevel[];
  /** Offset on `stock.events` from which on events are to be read. */
  offset: number;
}

/**
 * Reads the last levels of the partitions from `stock.levels`.
 *
 * An event and its level are sent in one transaction, but become visible one after the other. So
 * the end of the events is looked up first, and levels are read until all that were sent by then
 * are visible. Levels may be newer than the offset; events that they hold already are repeats.
 */
export async function readFeedSnapshot(
  settings: ClientSettings,
  logger: Logger,
  admin: Admin,
  partitions: readonly number[],
): Promise<Map<number, FeedSnapshot>> {
  const { stockEvents, stockLevels } = topicRegistry(settings);
  const ends = await admin.fetchTopicOffsets(stockEvents.name);
  await untilVisible({ settings, logger, admin }, stockLevels.name);

  const lastLevels = new Map(partitions.map((it) => [it, new Map<string, Buffer | null>()]));
  const registry = openRegistry(settings);
  await readTopic(settings, logger, admin, stockLevels.name, async (partition, records) => {
    const levels = lastLevels.get(partition);
    if (!levels) return;
    requireReadable(records, stockLevels.name, partition);
    const plain = registry ? await registry.plainRecords(records) : records;
    for (const { key, value } of plain) levels.set(String(key), value);
  });
  return new Map(
    partitions.map((partition) => {
      const levels = [...(lastLevels.get(partition)?.values() ?? [])];
      const end = ends.find((it) => it.partition === partition)?.high ?? '0';
      const present = levels.filter((value) => value !== null);
      return [partition, { levels: present.map(decodeStockLevel), offset: Number(end) }];
    }),
  );
}
