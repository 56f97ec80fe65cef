import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { LaneRecord } from '../src/engine/laneRecord.ts';
import type { RecordHeaders } from '../src/messaging/recordHeaders.ts';

/** Records as a lane takes them: numbers for offset and time. */
export function laneRecords(messages: readonly KafkaMessage[]): LaneRecord[] {
  return messages.map(({ offset, timestamp, key, value, headers }) => ({
    offset: Number(offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: recordHeaders(headers ?? {}),
  }));
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
