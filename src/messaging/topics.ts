import type { Settings } from '../config/settings.ts';

/** What one topic carries and how it is kept. Nothing outside this file spells a topic's name. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of each partition; undefined: as many as `defaultCopies` gives them. */
  readonly replicationFactor: number | undefined;
  /** Topic settings given at creation; what is not named here is the broker's default. */
  readonly configs: Readonly<Record<string, string>>;
  /** What records are keyed by, and so what decides their partition (Java-compatible murmur2). */
  readonly key: 'SKU' | 'order id' | 'as received';
  /** Avro record of the values; `bytes` when they are passed on as they came. */
  readonly schema:
    'StockCommand' | 'StockEvent' | 'StockLevel' | 'OrderEvent' | 'OrderStockEvent' | 'bytes';
  readonly description: string;
}

export type TopicRole =
  | 'stockCommands'
  | 'stockEvents'
  | 'stockLevels'
  | 'stockDeadLetter'
  | 'orderEvents'
  | 'orderStock'
  | 'orderDeadLetter';
export type TopicRegistry = Readonly<Record<TopicRole, Topic>>;

type TopicSettings = Pick<
  Settings,
  'ONHAND_TOPIC_PREFIX' | 'ONHAND_PARTITIONS' | 'ONHAND_REPLICATION_FACTOR'
>;

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;

/**
 * Batches stay as their senders compressed them, which costs the broker nothing: every reader of
 * ours reads all codecs. Said here, because a broker's own default may be to pack each batch anew.
 */
const asSent = { 'compression.type': 'producer' };

const kept = { ...asSent, 'cleanup.policy': 'delete' };
const compacted = {
  ...asSent,
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': '60000',
  'max.compaction.lag.ms': String(hourMs),
};
/**
 * The processor must never fall further behind than `retention.ms`: records that the broker has
 * deleted unread halt their lane with COMMANDS_LOST.
 */
const inputLog = {
  ...kept,
  'message.timestamp.type': 'LogAppendTime',
  'retention.ms': String(weekMs),
  'max.message.bytes': '1048588',
};
/** Takes any record as received together with the headers that say why. */
const deadLetters = { ...kept, 'max.message.bytes': '1179648' };

/**
 * The topics of one installation. All have the same number of partitions, because what answers a
 * record goes to the partition of the same number; that number is fixed for life.
 */
export function topicRegistry(settings: TopicSettings): TopicRegistry {
  const shared = {
    partitions: settings.ONHAND_PARTITIONS,
    replicationFactor: settings.ONHAND_REPLICATION_FACTOR,
  };
  const prefix = settings.ONHAND_TOPIC_PREFIX;
  const commands = `${prefix}stock.commands`;
  const orders = `${prefix}order.events`;
  return {
    stockCommands: {
      ...shared,
      name: commands,
      configs: inputLog,
      key: 'SKU',
      schema: 'StockCommand',
      description: 'what is asked of the stock; the append time is the time of the decision',
    },
    stockEvents: {
      ...shared,
      name: `${prefix}stock.events`,
      configs: kept,
      key: 'SKU',
      schema: 'StockEvent',
      description: 'every outcome, rejections included, in order and without gaps',
    },
    stockLevels: {
      ...shared,
      name: `${prefix}stock.levels`,
      configs: compacted,
      key: 'SKU',
      schema: 'StockLevel',
      description: 'absolute levels, the last one per stock item kept',
    },
    stockDeadLetter: {
      ...shared,
      name: `${commands}.dead-letter`,
      configs: deadLetters,
      key: 'as received',
      schema: 'bytes',
      description: 'commands that could not be decoded, with the reason in headers',
    },
    orderEvents: {
      ...shared,
      name: orders,
      configs: inputLog,
      key: 'order id',
      schema: 'OrderEvent',
      description: 'what happens to orders, and the stock engine’s answers to them',
    },
    orderStock: {
      ...shared,
      name: `${prefix}order.stock`,
      configs: kept,
      key: 'order id',
      schema: 'OrderStockEvent',
      description: 'one verdict per order step, for the order service',
    },
    orderDeadLetter: {
      ...shared,
      name: `${orders}.dead-letter`,
      configs: deadLetters,
      key: 'as received',
      schema: 'bytes',
      description: 'order events that could not be decoded or decided, with the reason in headers',
    },
  };
}

/** The topics of one engine. */
export interface EngineTopics {
  /** Its log. */
  input: Topic;
  /** What its publishers' cursors are kept for: where its own outcomes go. */
  output: Topic;
  deadLetter: Topic;
}

export function topicsOf(topics: TopicRegistry, engine: 'stock' | 'order'): EngineTopics {
  return engine === 'stock'
    ? {
        input: topics.stockCommands,
        output: topics.stockEvents,
        deadLetter: topics.stockDeadLetter,
      }
    : { input: topics.orderEvents, output: topics.orderStock, deadLetter: topics.orderDeadLetter };
}
