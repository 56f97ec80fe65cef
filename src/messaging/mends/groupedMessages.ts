import type { Message } from 'kafkajs';

/** A message that says where it goes. */
export type PlacedMessage = Message & { partition: number };

/**
 * The same messages, grouped by partition in one pass when kafkajs sends them. By itself kafkajs
 * copies a partition's list for every message that it adds to it: a transaction of 2,000 messages
 * copied two million entries, a quarter of a worker's time.
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
  return groups;
}
