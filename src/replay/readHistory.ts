import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { type EventSpan, eventRanges } from './eventRanges.ts';
import { type LogBounds, readLogBounds } from './logRange.ts';
import { readStockEvents } from './readStockEvents.ts';
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
  const key = Buffer.from(sku);
  const unreadable = await readStockEvents(
    sources,
    { partition, from, to },
    (record) => record.key?.equals(key) ?? false,
    (event) => {
      if (event.location === location) take(event);
    },
    (read) => onRead(read, to - from),
  );
  return { topic, partition, from, to, unreadable };
}

async function rangeOf(sources: ReplaySources, { sku, ...span }: HistoryQuery) {
  const log: LogBounds = await readLogBounds(sources, sources.topics.stockEvents.name);
  const partition = partitionOf(sku, log.partitionCount);
  const [range] = await eventRanges(sources.admin, log, [partition], span);
  return { topic: log.topic, partition, from: range?.from ?? 0, to: range?.to ?? 0 };
}
