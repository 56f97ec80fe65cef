import type { TopicMessages } from 'kafkajs';
import { type PlacedMessage, groupedMessages } from '../src/messaging/mends/groupedMessages.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import {
  type PublishedStockLevel,
  encodeStockLevel,
  stockLevelKey,
} from '../src/messaging/stockLevelCodec.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { type Topic, type TopicRegistry, topicsOf } from '../src/messaging/topics.ts';
import type { LaneRows } from '../src/storage/laneRows.ts';
import type { OutboxRow } from '../src/storage/outbox.ts';
import type { EngineName } from '../src/storage/progress.ts';

/**
 * The messages of one Kafka transaction: what the rows say, in their order, and the last level of
 * each stock item that their events moved. Outcomes and dead letters go to the lane's own
 * partition; what goes to the other engine goes where its key belongs. With a registry, values name
 * their schema by its id there; dead letters stay as received.
 */
export function outboxMessages(
  engine: EngineName,
  batches: readonly LaneRows<OutboxRow>[],
  topics: TopicRegistry,
  registry?: SchemaRegistry,
): TopicMessages[] {
  const { output, deadLetter } = topicsOf(topics, engine);
  const messages = new Map<Topic, PlacedMessage[]>();
  const add = (topic: Topic, message: PlacedMessage & { value: Buffer | null }) => {
    const list = messages.get(topic) ?? [];
    if (list.length === 0) messages.set(topic, list);
    const { value } = message;
    const isFramed = registry && value && topic.schema !== 'bytes';
    list.push(isFramed ? { ...message, value: registry.framed(value) } : message);
  };
  for (const { lane, rows } of batches) {
    const levels = new Map<string, PublishedStockLevel>();
    for (const { kind, key, value, headers, level } of rows) {
      const message = { key, value, partition: lane };
      if (kind === 'event' || kind === 'verdict') add(output, message);
      else if (kind === 'dead-letter') add(deadLetter, headers ? { ...message, headers } : message);
      else {
        const topic = kind === 'reply' ? topics.orderEvents : topics.stockCommands;
        add(topic, { ...message, partition: partitionOf(String(key), topic.partitions) });
      }
      if (level) levels.set(stockLevelKey(level), level);
    }
    for (const [key, level] of levels) {
      add(topics.stockLevels, { key, value: encodeStockLevel(level), partition: lane });
    }
  }
  return [...messages].map(([{ name }, list]) => {
    return { topic: name, messages: groupedMessages(list) };
  });
}
