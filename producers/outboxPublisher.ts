import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Producer } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { cursorGroup, transactionalId } from '../src/messaging/kafkaNames.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { type TopicRegistry, topicsOf } from '../src/messaging/topics.ts';
import { messageOf } from '../src/ops/errors.ts';
import { faultPoint } from '../src/ops/faultPoint.ts';
import type { Metrics } from '../src/ops/metrics.ts';
import { type OutboxRow, readOutbox } from '../src/storage/outbox.ts';
import { type Progress, readProgress } from '../src/storage/progress.ts';
import { notePublished, readPublished } from '../src/storage/publications.ts';
import type { ViewWriter } from '../src/view/viewWriter.ts';
import { cutRows } from './cutRows.ts';
import { outboxMessages } from './outboxMessages.ts';

/** One Kafka transaction at most: the broker takes no larger batch than 1 MiB for a partition. */
const limits = { rowsMax: 2000, bytesMax: 1_000_000 };
/** Rows waiting in memory at most. */
const waitingMax = 10_000;
const transactionTimeoutMs = 15_000;
const backOffMs = 200;
const noteIntervalMs = 5000;

/** What a publisher needs of its process. */
export interface PublisherContext {
  settings: Settings;
  topics: TopicRegistry;
  pool: Pool;
  admin: Admin;
  logger: Logger;
  metrics: Metrics;
  /** By whose ids records name their schemas, if there is one. */
  registry?: SchemaRegistry | undefined;
  /** Is told of published rows, if there is a view. */
  viewWriter?: ViewWriter | undefined;
}

/**
 * Publishes one lane's outbox: each row exactly once and in order, for readers of committed
 * records. Every Kafka transaction carries the rows' messages together with the cursor, so a crash
 * at any point leaves both or neither. After any error the producer is thrown away and the lane
 * taken over anew: kafkajs would go on with sequence numbers that the broker may know already.
 */
export class OutboxPublisher {
  readonly #context: PublisherContext;
  readonly #claim: Progress;
  readonly #follower: ReturnType<ViewWriter['follow']> | undefined;
  #waiting: OutboxRow[] = [];
  /** False while rows may be in the table that were never handed over. */
  #inStep = false;
  /** Negative before the first take-over. */
  #cursor = -1;
  #noted = 0;
  #notedAt = 0;
  #stopping = false;
  #wake: () => void = () => undefined;
  readonly #done: Promise<void>;

  /** Publishes for the owner who holds this claim, until it stops or somebody else claims. */
  constructor(context: PublisherContext, claim: Progress) {
    this.#context = context;
    this.#claim = claim;
    if (claim.engine === 'stock') this.#follower = context.viewWriter?.follow(claim);
    this.#done = this.#run();
  }

  /** Last sequence that is on Kafka; undefined before the take-over has told. */
  get cursor(): number | undefined {
    return this.#cursor < 0 ? undefined : this.#cursor;
  }

  /** Takes committed rows in order; undefined: there may be some in the table. */
  offer(rows: OutboxRow[] | undefined): void {
    if (rows && this.#waiting.length + rows.length <= waitingMax && rows.every(isSmall)) {
      this.#waiting.push(...rows);
    } else {
      this.#waiting = [];
      this.#inStep = false;
    }
    this.#wake();
  }

  /** Ends after the transaction under way; what is left waits in the table for the next owner. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#done;
    await this.#follower?.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let producer: Producer | undefined;
      try {
        producer = await this.#takeOver();
        for (let rows = await this.#next(); rows.length > 0; rows = await this.#next()) {
          await this.#publish(producer, rows);
        }
      } catch (error) {
        this.#inStep = false;
        this.#context.metrics.publisherRestarts.inc({ engine: this.#claim.engine });
        this.#context.logger.warn({ reason: messageOf(error) }, 'publisher starts anew');
        if (!(await this.#isStillOurs())) break;
        await sleep(backOffMs);
      } finally {
        await producer?.disconnect().catch(() => undefined);
      }
    }
    await this.#note().catch(() => undefined);
  }

  /**
   * Fences the lane's previous producer, and only then reads how far it came: an empty transaction
   * makes the broker raise the producer's epoch and end what the predecessor left open.
   */
  async #takeOver(): Promise<Producer> {
    const { settings, logger, admin, topics, pool } = this.#context;
    const { engine, lane } = this.#claim;
    const id = transactionalId(settings, engine, lane);
    const producer = createKafka(settings, id, logger).producer({
      transactionalId: id,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 10, maxRetryTime: 1000, retries: 8 },
    });
    try {
      await producer.connect();
      await (await producer.transaction()).abort();
      const {
        output: { name: topic },
      } = topicsOf(topics, engine);
      const groupId = cursorGroup(settings, engine);
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const cursor =
        offsets?.partitions.find(({ partition }) => partition === lane)?.offset ?? '-1';
      this.#cursor = Math.max(Number(cursor), await readPublished(pool, engine, lane));
      this.#inStep = false;
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** The next rows to publish, waiting for some; none when told to stop. */
  async #next(): Promise<OutboxRow[]> {
    const { pool } = this.#context;
    const { engine, lane } = this.#claim;
    while (!this.#stopping) {
      if (!this.#inStep) {
        // Set before reading: what is offered from now on comes after what the table shows.
        this.#inStep = true;
        this.#waiting = [];
        const rows = await readOutbox(pool, engine, lane, this.#cursor, limits);
        if (rows.length > 0) {
          this.#inStep = false;
          return rows.slice(0, cutRows(rows, limits));
        }
      }
      const rows = this.#takeFollowing();
      if (rows.length > 0) return rows;
      if (this.#waiting.length > 0) this.#inStep = false;
      // What came while the table was read may have been a stop, or rows to look for there.
      else if (this.#inStep && !this.#stopping) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
    return [];
  }

  /** Rows in memory that follow the cursor, without a gap and without a repetition. */
  #takeFollowing(): OutboxRow[] {
    this.#waiting = this.#waiting.filter(({ sequence }) => sequence > this.#cursor);
    let length = 0;
    while (this.#waiting[length]?.sequence === this.#cursor + 1 + length) length++;
    return this.#waiting.splice(0, cutRows(this.#waiting.slice(0, length), limits));
  }

  async #publish(producer: Producer, rows: OutboxRow[]): Promise<void> {
    const { settings, topics, metrics, registry } = this.#context;
    const { engine, lane } = this.#claim;
    const begun = performance.now();
    const last = rows.at(-1)?.sequence ?? this.#cursor;
    const transaction = await producer.transaction();
    try {
      faultPoint('publish-before-send');
      await transaction.sendBatch({
        acks: -1,
        topicMessages: outboxMessages(rows, this.#claim, topics, registry),
      });
      faultPoint('publish-after-send');
      await transaction.sendOffsets({
        consumerGroupId: cursorGroup(settings, engine),
        topics: [
          {
            topic: topicsOf(topics, engine).output.name,
            partitions: [{ partition: lane, offset: String(last) }],
          },
        ],
      });
      faultPoint('publish-before-commit');
      await transaction.commit();
      faultPoint('publish-after-commit');
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      throw error;
    }
    this.#cursor = last;
    this.#follower?.offer(rows);
    metrics.publishRows.observe({ engine }, rows.length);
    metrics.publishSeconds.observe({ engine }, (performance.now() - begun) / 1000);
    if (Date.now() - this.#notedAt > noteIntervalMs) await this.#note();
  }

  async #note(): Promise<void> {
    if (this.#cursor <= this.#noted) return;
    const { engine, lane } = this.#claim;
    await notePublished(this.#context.pool, engine, lane, this.#cursor);
    this.#noted = this.#cursor;
    this.#notedAt = Date.now();
  }

  /** Two publishers that both believe in themselves would fence each other for ever. */
  async #isStillOurs(): Promise<boolean> {
    const { engine, lane, epoch } = this.#claim;
    try {
      return (await readProgress(this.#context.pool, engine, lane))?.epoch === epoch;
    } catch {
      return true;
    }
  }
}

/** A dead letter can be a MiB large; it waits in the table, not in memory. */
function isSmall({ kind }: OutboxRow): boolean {
  return kind !== 'dead-letter';
}
