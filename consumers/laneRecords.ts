import type { KafkaMessage } from 'kafkajs';
import type { LaneRecord } from '../src/engine/laneRecord.ts';

/** Records as a lane takes them: numbers for offset and time, headers as text. */
export function laneRecords(messages: readonly KafkaMessage[]): LaneRecord[] {
  return messages.map(({ offset, timestamp, key, value, headers }) => ({
    offset: Number(offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: headers ? textHeaders(headers) : {},
  }));
}

function textHeaders(headers: NonNullable<KafkaMessage['headers']>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries) as Record<string, string>;
}
