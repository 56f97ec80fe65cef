import type { KafkaMessage } from 'kafkajs';
import { unreadableOf } from '../messaging/batches/unreadableBatch.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { EventRange } from './eventRanges.ts';
import { readPartition } from './readPartition.ts';
import type { ReplaySources } from './replaySources.ts';

/**
 * Tells the published events of a stretch whose records are `wanted`, in their order, and answers
 * how many of these are no stock events. `onRead`: so many offsets of the stretch are read. Throws
 * SCHEMA_REGISTRY_*, kafkajs' errors.
 */
export async function readStockEvents(
  sources: ReplaySources,
  { partition, from, to }: EventRange,
  wanted: (record: KafkaMessage) => boolean,
  take: (event: PublishedStockEvent) => void,
  onRead: (read: number) => void,
): Promise<number> {
  const { name: topic } = sources.topics.stockEvents;
  const registry = openRegistry(sources.settings);
  let unreadable = 0;
  await readPartition(sources, topic, partition, from, to, async (records) => {
    unreadable += records.filter(unreadableOf).length;
    const own = records.filter(wanted);
    for (const { value } of (await registry?.plainRecords(own)) ?? own) {
      const event = decoded(value);
      if (event) take(event);
      else unreadable++;
    }
    onRead(Number(records.at(-1)?.offset ?? from) + 1 - from);
  });
  return unreadable;
}

function decoded(value: Buffer | null): PublishedStockEvent | undefined {
  try {
    return decodeStockEvent(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
