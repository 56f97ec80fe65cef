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
 * each stock item that their events moved. With a registry, values name their schema by its id
 * there; dead letters stay as received.
 */
export function outboxMessages(
  engine: EngineName,
  batches: readonly LaneRows<OutboxRow>[],
  topics: TopicRegistry,
  registry?: SchemaRegistry,
): TopicMessages[] {
  const messages = new Map<Topic, PlacedMessage[]>();
  const add = (topic: Topic, message: PlacedMessage & { value: Buffer | null }) => {
    const list = messages.get(topic) ?? [];
    if (list.length === 0) messages.set(topic, list);
    const { value } = message;
    const isFramed = registry && value && topic.schema !== 'bytes';
    list.push(isFramed ? { ...message, value: registry.framed(value) } : message);
  };
  const place = destinations(engine, topics);
  for (const { lane, rows } of batches) {
    const levels = new Map<string, PublishedStockLevel>();
    for (const { kind, key, value, headers, level } of rows) {
      const { topic, partition } = place(kind, key, lane);
      const message = { key, value, partition };
      add(topic, kind === 'dead-letter' && headers ? { ...message, headers } : message);
      if (level) levels.set(stockLevelKey(level), level);
    }
    for (const level of levels.values()) add(topics.stockLevels, levelMessage(level, lane));
  }
  return [...messages].map(([{ name }, list]) => {
    return { topic: name, messages: groupedMessages(list) };
  });
}

/** The messages of levels of a stock lane. */
export function levelMessages(
  lane: number,
  levels: readonly PublishedStockLevel[],
  { stockLevels }: TopicRegistry,
  registry?: SchemaRegistry,
): TopicMessages {
  const messages = levels.map((level) => {
    const message = levelMessage(level, lane);
    return registry ? { ...message, value: registry.framed(message.value) } : message;
  });
  return { topic: stockLevels.name, messages: groupedMessages(messages) };
}

function levelMessage(level: PublishedStockLevel, lane: number) {
  return { key: stockLevelKey(level), value: encodeStockLevel(level), partition: lane };
}

/**
 * Where rows of an engine's lanes go: outcomes and dead letters to the lane's own partition; what
 * goes to the other engine, where its key belongs.
 */
export function destinations(engine: EngineName, topics: TopicRegistry) {
  const { output, deadLetter } = topicsOf(topics, engine);
  return (kind: OutboxRow['kind'], key: OutboxRow['key'], lane: number): Destination => {
    if (kind === 'event' || kind === 'verdict') return { topic: output, partition: lane };
    if (kind === 'dead-letter') return { topic: deadLetter, partition: lane };
    const topic = kind === 'reply' ? topics.orderEvents : topics.stockCommands;
    return { topic, partition: partitionOf(String(key), topic.partitions) };
  };
}

interface Destination {
  topic: Topic;
  partition: number;
}
