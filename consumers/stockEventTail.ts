import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Batch, Consumer, KafkaMessage } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { requireReadable } from '../src/messaging/batches/unreadableBatch.ts';
import { connectAdmin } from '../src/messaging/connectAdmin.ts';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { groupSession } from '../src/messaging/groupSession.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import { openRegistry } from '../src/messaging/registry/openRegistry.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import { messageOf } from '../src/ops/errors.ts';
import { troubleOf } from '../src/ops/trouble.ts';
import type { Logger } from '../src/ops/logger.ts';
import { plainMessages } from './plainMessages.ts';

/** How long a fetch waits at the end of the log; so long may `stop` take. */
const fetchWaitMs = 250;
const retryMs = 1000;

/**
 * Reads every stock event that is committed from now on, and some before, as long as it runs. It
 * keeps its position itself, in memory: its consumer group has this one member, commits nothing,
 * and is gone when it leaves.
 */
export class StockEventTail {
  readonly #settings: ClientSettings;
  readonly #logger: Logger;
  readonly #topic: string;
  readonly #registry: SchemaRegistry | undefined;
  readonly #lookBack: number;
  readonly #onEvent: (event: PublishedStockEvent) => void;
  /** Next offset by partition. */
  readonly #positions = new Map<number, number>();
  readonly #groups: string[] = [];
  #consumer: Consumer | undefined;
  #stopped = false;

  /** `lookBack`: so many events before the end are read as well, over all partitions. */
  constructor(
    settings: ClientSettings,
    logger: Logger,
    lookBack: number,
    onEvent: (event: PublishedStockEvent) => void,
  ) {
    const { name, partitions } = topicRegistry(settings).stockEvents;
    this.#settings = settings;
    this.#logger = logger;
    this.#topic = name;
    this.#registry = openRegistry(settings);
    this.#lookBack = Math.floor(lookBack / partitions);
    this.#onEvent = onEvent;
  }

  /** Resolves when what is committed from now on will be read. */
  async start(): Promise<void> {
    const log = await this.#withAdmin((admin) => admin.fetchTopicOffsets(this.#topic));
    for (const { partition, low, high } of log) {
      this.#positions.set(partition, Math.max(Number(low), Number(high) - this.#lookBack));
    }
    await this.#open();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#consumer?.disconnect();
    this.#consumer = undefined;
    const left = this.#groups.splice(0);
    // The broker forgets them by itself, but only after a while.
    if (left.length > 0) await this.#withAdmin((admin) => admin.deleteGroups(left)).catch(noMatter);
  }

  async #open(): Promise<void> {
    const groupId = `${this.#settings.ONHAND_TOPIC_PREFIX}onhand-tail-${randomUUID()}`;
    this.#groups.push(groupId);
    let crash: Error | undefined;
    let open = false;
    const consumer = createConsumer(
      createKafka(this.#settings, 'onhand-tail', this.#logger),
      // A member that Kafka has lost holds up its successor for a session, though it is alone.
      { groupId, ...groupSession(this.#settings), maxWaitTimeInMs: fetchWaitMs },
      {
        onCrash: (error) => {
          crash = error;
          if (open) void this.#reopen(error);
        },
        onOffsetOutOfRange: ({ partition }) => void this.#toOldest(consumer, partition),
      },
    );
    this.#consumer = consumer;
    // Before the first fetch, and after each time the group was joined anew.
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const partition of payload.memberAssignment[this.#topic] ?? []) {
        this.#seek(consumer, partition);
      }
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: this.#topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => this.#onBatch(batch),
      });
      if (crash) throw crash;
      open = true;
    } catch (error) {
      await consumer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async #onBatch(batch: Batch): Promise<void> {
    const areWanted = () => !this.#stopped;
    const { messages, partition } = batch;
    const plain = await plainMessages(messages, this.#registry, this.#logger, areWanted);
    for (const message of plain ?? []) this.#take(message, partition);
    this.#positions.set(partition, Number(batch.lastOffset()) + 1);
  }

  /** What cannot be read is passed over: the other events are waited for as well. */
  #take(message: KafkaMessage, partition: number): void {
    try {
      requireReadable([message], this.#topic, partition);
      this.#onEvent(decodeStockEvent(message.value));
    } catch (error) {
      const { code, reason } = troubleOf(error);
      this.#logger.error({ code, reason }, 'stock event cannot be read');
    }
  }

  async #reopen(error: Error): Promise<void> {
    let reason = messageOf(error);
    while (!this.#stopped) {
      this.#logger.warn({ reason }, 'reader of stock events ended, starting another');
      await sleep(retryMs);
      try {
        if (!this.#stopped) await this.#open();
        // It was stopped while it was opened.
        if (this.#stopped) await this.#consumer?.disconnect();
        return;
      } catch (again) {
        reason = messageOf(again);
      }
    }
  }

  #seek(consumer: Consumer, partition: number): void {
    const offset = String(this.#positions.get(partition) ?? 0);
    consumer.seek({ topic: this.#topic, partition, offset });
  }

  /** Events behind the position were deleted: whoever waits for them will not get them any more. */
  async #toOldest(consumer: Consumer, partition: number): Promise<void> {
    while (!this.#stopped && consumer === this.#consumer) {
      try {
        const log = await this.#withAdmin((admin) => admin.fetchTopicOffsets(this.#topic));
        const low = Number(log.find((end) => end.partition === partition)?.low ?? 0);
        this.#logger.warn({ partition, offset: low }, 'stock events were deleted unread');
        this.#positions.set(partition, low);
        this.#seek(consumer, partition);
        consumer.resume([{ topic: this.#topic, partitions: [partition] }]);
        return;
      } catch (error) {
        this.#logger.warn({ reason: messageOf(error) }, 'oldest offset not found, retrying');
        await sleep(retryMs);
      }
    }
  }

  async #withAdmin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const admin = await connectAdmin(this.#settings, this.#logger);
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

function noMatter(): void {
  // Nobody waits for it.
}
