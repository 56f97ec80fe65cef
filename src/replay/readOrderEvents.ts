import { orderIdOf } from '../domain/orderIdOf.ts';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import { eventRanges } from './eventRanges.ts';
import { readLogBounds } from './logRange.ts';
import { readStockEvents } from './readStockEvents.ts';
import type { ReplaySources } from './replaySources.ts';

/**
 * The published events of the stock engine that name an order, refusals included, by time. They lie
 * with their SKUs in all partitions, so that the whole topic is read. `onRead`: so many offsets are
 * read, of so many. Throws TOPIC_MISSING, SCHEMA_REGISTRY_*, kafkajs' errors.
 */
export async function readOrderEvents(
  sources: ReplaySources,
  orderId: string,
  onRead: (read: number, total: number) => void,
): Promise<PublishedStockEvent[]> {
  const log = await readLogBounds(sources, sources.topics.stockEvents.name);
  const ranges = await eventRanges(sources.admin, log, [...log.partitions.keys()], {});
  const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const named = Buffer.from(orderId);
  const found: PublishedStockEvent[] = [];
  let before = 0;
  for (const range of ranges) {
    // A record that does not hold the id's bytes need not be decoded.
    const wanted = ({ value }: { value: Buffer | null }) => value?.includes(named) ?? false;
    const take = (event: PublishedStockEvent) => {
      const refused = event.kind === 'CommandRejected' ? event.orderId : null;
      if ((orderIdOf(event) ?? refused) === orderId) found.push(event);
    };
    await readStockEvents(sources, range, wanted, take, (read) => onRead(before + read, total));
    before += range.to - range.from;
  }
  return found.sort((a, b) => a.time - b.time);
}
