import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { LaneRecord } from '../src/engine/laneRecord.ts';
import { unreadableOf } from '../src/messaging/batches/unreadableBatch.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import type { RecordHeaders } from '../src/messaging/recordHeaders.ts';
import { isUndated } from './undatedRecords.ts';

/**
 * Records as a lane takes them: numbers for offset and time, and values that decoders can read, for
 * which the registry must have learned the ids in them.
 */
export function laneRecords(
  messages: readonly KafkaMessage[],
  registry?: SchemaRegistry,
): LaneRecord[] {
  return messages.map((message) => {
    const { offset, timestamp, key, value, headers } = message;
    const unreadable = unreadableOf(message);
    const plain = registry ? registry.plain(value) : value;
    return {
      offset: Number(offset),
      timestamp: Number(timestamp),
      key,
      value: plain,
      ...(value && plain !== value && { received: value }),
      ...(isUndated(message) && { undated: true as const }),
      headers: recordHeaders(headers ?? {}),
      ...(unreadable && { unreadable }),
    };
  });
}

function recordHeaders(headers: IHeaders): RecordHeaders {
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.map(bytesOf) : bytesOf(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** A header without a value becomes an empty one: kafkajs reads those, but cannot send them. */
function bytesOf(value: Buffer | string | null | undefined): Buffer {
  return Buffer.from(value ?? '');
}
