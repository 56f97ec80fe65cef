import type { TopicMessages } from 'kafkajs';
import { type PlacedMessage, groupedMessages } from '../src/messaging/mends/groupedMessages.ts';
import {
  type PublishedStockLevel,
  encodeStockLevel,
  stockLevelKey,
} from '../src/messaging/stockLevelCodec.ts';
import type { TopicRegistry } from '../src/messaging/topics.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';

/**
 * The messages of one Kafka transaction: events and dead letters in the order of their rows, and
 * the last level of each stock item that the events moved. All go to the lane's own partition.
 */
export function outboxMessages(
  rows: readonly OutboxRow[],
  partition: number,
  topics: TopicRegistry,
): TopicMessages[] {
  const events: PlacedMessage[] = [];
  const deadLetters: PlacedMessage[] = [];
  const levels = new Map<string, PublishedStockLevel>();
  for (const { kind, key, value, headers, level } of rows) {
    const message = { key, value, partition };
    if (kind === 'event') events.push(message);
    else deadLetters.push(headers ? { ...message, headers } : message);
    if (level) levels.set(stockLevelKey(level), level);
  }
  const levelMessages = [...levels].map(([key, level]) => {
    return { key, value: encodeStockLevel(level), partition };
  });
  return [
    { topic: topics.stockEvents.name, messages: groupedMessages(events) },
    { topic: topics.stockLevels.name, messages: groupedMessages(levelMessages) },
    { topic: topics.stockDeadLetter.name, messages: groupedMessages(deadLetters) },
  ].filter(({ messages }) => messages.length > 0);
}
