import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Admin, Message } from 'kafkajs';
import type { RowDataPacket } from 'mysql2/promise';
import { appendedEnds } from '../../consumers/appendedEnds.ts';
import { type TakeRecords, readTopic } from '../../consumers/readTopic.ts';
import { StockCommandProducer } from '../../producers/stockCommandProducer.ts';
import { type Processor, startProcessor } from '../cli/processor.ts';
import type { Settings } from '../config/settings.ts';
import type { AskingCommand } from '../domain/commands.ts';
import type { UpstreamEvent } from '../domain/order/orderEvents.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import {
  type PublishedOrderVerdict,
  decodeOrderStockEvent,
} from '../messaging/orderStockEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { ensureTopics } from '../messaging/topicAdmin.ts';
import {
  type TopicRegistry,
  type TopicRole,
  topicRegistry,
  topicsOf,
} from '../messaging/topics.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { silentLogger } from './kafkaFixture.ts';
import { type TestDatabase, testDatabase } from './testDatabase.ts';
import { waitUntil } from './waitUntil.ts';

/** A record as a reader of committed records sees it. */
export interface ReadRecord {
  partition: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: NonNullable<Message['headers']>;
}

/** Topics and a database of its own on the servers of the stack, for one test file. */
export interface TestInstallation extends TestDatabase {
  topics: TopicRegistry;
  admin: Admin;
  /** A processor in this process. Whoever started it stops it. */
  startProcessor(): Promise<Processor>;
  send(commands: readonly AskingCommand[]): Promise<void>;
  sendOrders(events: readonly UpstreamEvent[]): Promise<void>;
  /** Sends records as they are, to the commands topic unless another is named. */
  sendRaw(messages: Message[], role?: TopicRole): Promise<void>;
  /** Sends a tick to every lane of the stock engine. */
  tick(): Promise<void>;
  /** Waits until all that was sent is applied, and its outcomes are on Kafka. */
  settled(timeoutMs?: number): Promise<void>;
  /** All committed records of a topic so far; those of one partition in order. */
  read(role: TopicRole): Promise<ReadRecord[]>;
  events(): Promise<PublishedStockEvent[]>;
  verdicts(): Promise<PublishedOrderVerdict[]>;
}

/** Three partitions, a session of two seconds, everything else by default, unless overridden. */
export async function testInstallation(
  overrides: Partial<Settings> = {},
): Promise<TestInstallation> {
  const database = await testDatabase({
    ONHAND_TOPIC_PREFIX: `t-${randomBytes(6).toString('hex')}-`,
    ONHAND_PARTITIONS: 3,
    ONHAND_SESSION_TIMEOUT_SECONDS: 2,
    // Its keys would stay in the stack's Redis for good.
    ONHAND_VIEW: false,
    ...overrides,
  });
  const { settings } = database;
  const topics = topicRegistry(settings);
  const admin = await connectAdmin(settings, silentLogger);
  await ensureTopics(admin, topics);
  const commandProducer = new StockCommandProducer(settings, silentLogger);
  await commandProducer.connect();
  const rawProducer = createKafka(settings, 'onhand-test', silentLogger).producer();
  await rawProducer.connect();

  const sendRaw = async (messages: Message[], role: TopicRole = 'stockCommands') => {
    await rawProducer.send({ topic: topics[role].name, acks: -1, messages });
  };
  const read = async (role: TopicRole) => {
    const records: ReadRecord[] = [];
    const take: TakeRecords = (partition, taken) => {
      for (const { key, value, headers = {} } of taken) {
        records.push({ partition, key, value, headers });
      }
    };
    await readTopic(settings, silentLogger, admin, topics[role].name, take);
    return records;
  };
  return {
    ...database,
    topics,
    admin,
    sendRaw,
    read,
    startProcessor: () => startProcessor(settings, silentLogger, failLoudly),
    send: (given) => commandProducer.send(given),
    sendOrders: async (events) => {
      const { name, partitions } = topics.orderEvents;
      const messages = events.map((event) => ({
        key: event.orderId,
        value: encodeOrderEvent(event),
        partition: partitionOf(event.orderId, partitions),
      }));
      await rawProducer.send({ topic: name, acks: -1, messages });
    },
    tick: () => sendRaw(ticks(settings.ONHAND_PARTITIONS)),
    settled: async (timeoutMs = 55_000) => {
      const settled = () => isSettled(database, admin, topics);
      await waitUntil('the end of all commands', settled, timeoutMs);
      // The broker shows a transaction a little later than it confirms it.
      const visible = () => isAllVisible(database, admin, topics);
      await waitUntil('the end of all transactions on Kafka', visible);
    },
    events: async () => (await read('stockEvents')).map(({ value }) => decodeStockEvent(value)),
    verdicts: async () =>
      (await read('orderStock')).map(({ value }) => decodeOrderStockEvent(value)),
    close: async () => {
      await commandProducer.disconnect();
      await rawProducer.disconnect();
      await admin.deleteTopics({ topics: Object.values(topics).map(({ name }) => name) });
      const { groups } = await admin.listGroups();
      const own = groups.filter(({ groupId }) => groupId.startsWith(settings.ONHAND_TOPIC_PREFIX));
      // One that still has a member goes by itself.
      await admin.deleteGroups(own.map(({ groupId }) => groupId)).catch(() => undefined);
      await admin.disconnect();
      await database.close();
    },
  };
}

function ticks(partitions: number): Message[] {
  const value = encodeStockCommand({ kind: 'ExpireDue', limit: 1000 });
  return Array.from({ length: partitions }, (_, partition) => ({ partition, value }));
}

async function isSettled(
  database: TestDatabase,
  admin: Admin,
  topics: TopicRegistry,
): Promise<boolean> {
  const kafka = createKafka(database.settings, 'onhand-test', silentLogger);
  const logEnds = () => {
    return Promise.all(
      engineNames.map((engine) => appendedEnds(kafka, topicsOf(topics, engine).input.name)),
    );
  };
  const before = await logEnds();
  for (const [index, engine] of engineNames.entries()) {
    if (!(await isEngineSettled(engine, before[index]!, database, admin, topics))) return false;
  }
  // The engines write into each other's logs: the second may have answered the first meanwhile.
  return isDeepStrictEqual(await logEnds(), before);
}

async function isAllVisible(
  { settings }: TestDatabase,
  admin: Admin,
  topics: TopicRegistry,
): Promise<boolean> {
  const kafka = createKafka(settings, 'onhand-test', silentLogger);
  const areVisible = Object.values(topics).map(async ({ name }) => {
    const ends = await appendedEnds(kafka, name);
    const visible = await admin.fetchTopicOffsets(name);
    return visible.every(({ partition, high }) => Number(high) >= ends.get(partition)!);
  });
  return (await Promise.all(areVisible)).every(Boolean);
}

async function isEngineSettled(
  engine: EngineName,
  ends: ReadonlyMap<number, number>,
  { settings, pool }: Pick<TestDatabase, 'settings' | 'pool'>,
  admin: Admin,
  topics: TopicRegistry,
): Promise<boolean> {
  const { output } = topicsOf(topics, engine);
  const [rows] = await pool.query<ProgressRow[]>(
    `SELECT lane, next_offset AS nextOffset, outbox_sequence AS outboxSequence FROM progress
     WHERE engine = ?`,
    [engine],
  );
  const groupId = cursorGroup(settings, engine);
  const [cursors] = await admin.fetchOffsets({ groupId, topics: [output.name] });
  return [...ends].every(([partition, end]) => {
    if (end === 0) return true;
    const progress = rows.find(({ lane }) => lane === partition);
    const cursor = cursors?.partitions.find((it) => it.partition === partition)?.offset;
    if (progress?.nextOffset !== end) return false;
    return progress.outboxSequence <= Math.max(0, Number(cursor ?? -1));
  });
}

type ProgressRow = RowDataPacket & { lane: number; nextOffset: number; outboxSequence: number };

function failLoudly(error: Error): void {
  throw error;
}
