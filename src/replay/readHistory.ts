import { unreadableOf } from '../messaging/batches/unreadableBatch.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { type EventSpan, eventRanges } from './eventRanges.ts';
import { type LogBounds, readLogBounds } from './logRange.ts';
import { readPartition } from './readPartition.ts';
import type { ReplaySources } from './replaySources.ts';

/** A stock item, and the part of its history that is wanted. */
export interface HistoryQuery extends EventSpan {
  sku: string;
  location: string;
}

/** What was read for it. */
export interface HistoryEnd {
  topic: string;
  partition: number;
  /** Offsets that were read: from `from` to below `to`. */
  from: number;
  to: number;
  /** Records of the SKU that are no stock events. */
  unreadable: number;
}

/**
 * Tells the published events of a stock item in their order. `onRead`: so many offsets are read, of
 * so many. Throws what `eventRanges` throws, TOPIC_MISSING, SCHEMA_REGISTRY_*, kafkajs' errors.
 */
export async function readHistory(
  sources: ReplaySources,
  query: HistoryQuery,
  take: (event: PublishedStockEvent) => void,
  onRead: (read: number, total: number) => void,
): Promise<HistoryEnd> {
  const { sku, location } = query;
  const { topic, partition, from, to } = await rangeOf(sources, query);
  const registry = openRegistry(sources.settings);
  const key = Buffer.from(sku);
  let unreadable = 0;
  await readPartition(sources, topic, partition, from, to, async (records) => {
    unreadable += records.filter(unreadableOf).length;
    const own = records.filter((record) => record.key?.equals(key));
    for (const { value } of (await registry?.plainRecords(own)) ?? own) {
      const event = decoded(value);
      if (!event) unreadable++;
      else if (event.location === location) take(event);
    }
    onRead(Number(records.at(-1)?.offset ?? from) + 1 - from, to - from);
  });
  return { topic, partition, from, to, unreadable };
}

async function rangeOf(sources: ReplaySources, { sku, ...span }: HistoryQuery) {
  const log: LogBounds = await readLogBounds(sources, sources.topics.stockEvents.name);
  const partition = partitionOf(sku, log.partitionCount);
  const [range] = await eventRanges(sources.admin, log, [partition], span);
  return { topic: log.topic, partition, from: range?.from ?? 0, to: range?.to ?? 0 };
}

function decoded(value: Buffer | null): PublishedStockEvent | undefined {
  try {
    return decodeStockEvent(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
