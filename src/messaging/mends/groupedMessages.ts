import type { Message } from 'kafkajs';
import { encodedRecords } from './encodedRecords.ts';

/** A message that says where it goes. */
export type PlacedMessage = Message & { partition: number };

/**
 * The same messages, grouped by partition in one pass when kafkajs sends them, and encoded batch by
 * batch. By itself kafkajs copies a partition's list for every message that it adds to it: a
 * transaction of 2,000 messages copied two million entries, a quarter of a worker's time.
 */
export function groupedMessages(messages: PlacedMessage[]): PlacedMessage[] {
  // kafkajs calls `reduce` for this grouping only, and its function is out of reach.
  return Object.defineProperty(messages, 'reduce', { value: () => groupByPartition(messages) });
}

function groupByPartition(messages: readonly PlacedMessage[]): Record<number, PlacedMessage[]> {
  const groups: Record<number, PlacedMessage[]> = {};
  for (const message of messages) {
    const group = groups[message.partition];
    if (group) group.push(message);
    else groups[message.partition] = [message];
  }
  for (const group of Object.values(groups)) encodedAtOnce(group);
  return groups;
}

/**
 * kafkajs maps a partition's messages twice: to their times, by a function of the message, and to
 * encoded records, by one of the message and its number. A test holds the bytes against its own.
 */
function encodedAtOnce(group: PlacedMessage[]): void {
  if (group.some(({ timestamp }) => timestamp !== undefined)) return;
  type Each = Parameters<typeof group.map>[0];
  const map = (each: Each) =>
    each.length === 2 ? encodedRecords(group) : Array.prototype.map.call(group, each);
  Object.defineProperty(group, 'map', { value: map });
}
