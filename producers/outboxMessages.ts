import type { Message, TopicMessages } from 'kafkajs';
import { levelAfter } from '../src/domain/stockLevel.ts';
import { decodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import { encodeStockLevel, stockLevelKey } from '../src/messaging/stockLevelCodec.ts';
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
  const events: Message[] = [];
  const deadLetters: Message[] = [];
  const levels = new Map<string, Buffer>();
  for (const { kind, key, value, headers } of rows) {
    if (kind === 'dead-letter') {
      deadLetters.push({ key, value, partition, ...(headers && { headers }) });
      continue;
    }
    events.push({ key, value, partition });
  }
  // Backwards, so that each item is decoded and encoded once: the last event has its level.
  for (const { kind, value } of rows.toReversed()) {
    if (kind !== 'event') continue;
    const event = decodeStockEvent(value);
    const levelKey = stockLevelKey(event);
    if (event.sequence > 0 && !levels.has(levelKey)) {
      levels.set(levelKey, encodeStockLevel(levelAfter(event)));
    }
  }
  const levelMessages = [...levels].map(([key, value]) => ({ key, value, partition }));
  return [
    { topic: topics.stockEvents.name, messages: events },
    { topic: topics.stockLevels.name, messages: levelMessages },
    { topic: topics.stockDeadLetter.name, messages: deadLetters },
  ].filter(({ messages }) => messages.length > 0);
}
