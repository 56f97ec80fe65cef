import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer, ConsumerEndBatchProcessEvent, EachBatchPayload } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { isBatchError, requireReadable } from '../src/messaging/batches/unreadableBatch.ts';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { groupSession } from '../src/messaging/groupSession.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { cannotPass, toOperationalError } from '../src/messaging/kafkaErrors.ts';
import { openRegistry } from '../src/messaging/registry/openRegistry.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import { messageOf } from '../src/ops/errors.ts';
import type { Logger } from '../src/ops/logger.ts';
import { FeedCommits } from './feedCommits.ts';
import type { FeedPosition } from './feedHandlers.ts';
import { FeedLog } from './feedLog.ts';
import { FeedPartition } from './feedPartition.ts';
import { ItemSequences } from './itemSequences.ts';
import { plainMessages } from './plainMessages.ts';
import { requireFeedOptions } from './requireOptions.ts';
import type { StockFeedOptions } from './stockFeedOptions.ts';

type BatchEnd = ConsumerEndBatchProcessEvent['payload'];
/** What kafkajs' typings leave out. */
type FetchedBatch = Batch & { fetchedOffset: string };

/** How long a fetch waits at the end of the log. */
const fetchWaitMs = 250;
const commitIntervalMs = 1000;
const heartbeatMs = 500;
const retryMs = 1000;

/**
 * Reads stock: a partition without a position starts with the levels of its items (`stock.levels`)
 * and goes on with their events (`stock.events`), without gap or overlap. Repeats are dropped, and
 * what is missing is reported. When events were deleted behind the position, the oldest ones left
 * follow, and levels of items whose last events are gone. Reads committed records only.
 *
 * Feeds of one `groupId` share the partitions.
 */
export class StockFeed {
  readonly #settings: ClientSettings;
  readonly #logger: Logger;
  readonly #options: StockFeedOptions;
  readonly #topic: string;
  readonly #log: FeedLog;
  readonly #registry: SchemaRegistry | undefined;
  readonly #consumer: Consumer;
  readonly #partitions = new Map<number, FeedPartition>();
  readonly #commits: FeedCommits;
  #assigned: number[] = [];
  /** Raised by every assignment: what began under an older one must not go on. */
  #generation = 0;
  #turn: Promise<void> = Promise.resolve();
  #isReady = false;
  #ready: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #committing: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(settings: ClientSettings, logger: Logger, options: StockFeedOptions) {
    requireFeedOptions(options);
    const { groupId: group = `onhand-feed-${randomUUID()}` } = options as { groupId?: string };
    const groupId = `${settings.ONHAND_TOPIC_PREFIX}${group}`;
    this.#settings = settings;
    this.#logger = logger;
    this.#options = options;
    this.#topic = topicRegistry(settings).stockEvents.name;
    this.#log = new FeedLog(settings, logger, groupId);
    this.#registry = openRegistry(settings);
    this.#consumer = createConsumer(
      createKafka(settings, 'onhand-feed', logger),
      {
        groupId,
        ...groupSession(settings),
        maxWaitTimeInMs: fetchWaitMs,
      },
      {
        onCrash: (error) => this.#fail(error),
        onOffsetOutOfRange: ({ partition }) => void this.#recover(partition),
      },
    );
    this.#commits = new FeedCommits(this.#consumer, this.#topic, logger);
  }

  /** Where each partition is that this feed reads. */
  get positions(): FeedPosition[] {
    return [...this.#partitions.values()].map(({ position }) => position);
  }

  /**
   * Resolves when levels have been handed on where they are needed, and events follow. Throws
   * GROUP_SHARED, TOPIC_MISSING, KAFKA_FORBIDDEN and other operational errors.
   */
  async start(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => (this.#ready = { resolve, reject }));
    // It may fail before anybody waits for it.
    ready.catch(() => undefined);
    const { GROUP_JOIN, END_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#assign(payload.memberAssignment[this.#topic] ?? []);
    });
    // Stretches without a committed record never reach eachBatch.
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => void this.#onNoRecords(payload));
    try {
      await this.#log.connect();
      if ('groupId' in this.#options) await this.#log.takeOver(this.#options.groupId);
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
      await this.#consumer.run({ autoCommit: false, eachBatch: (batch) => this.#onBatch(batch) });
      await ready;
    } catch (error) {
      await this.stop();
      throw toOperationalError(error, this.#settings);
    }
    this.#committing = setInterval(() => void this.#commit(), commitIntervalMs);
  }

  /**
   * Ends after the call under way, and leaves the position with the group. Not to be waited for in
   * a handler, since it waits for that.
   */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#generation++;
    clearInterval(this.#committing);
    this.#ready?.reject(new Error('the feed was stopped'));
    await this.#turn;
    await this.#commit();
    await this.#consumer.disconnect();
    await this.#log.disconnect(!('groupId' in this.#options));
  }

  #fail(error: unknown): void {
    if (this.#stopping) return;
    const known = toOperationalError(error, this.#settings);
    const cause = known instanceof Error ? known : new Error(messageOf(error));
    this.#logger.error({ err: cause }, 'stock feed failed');
    this.#ready?.reject(cause);
    this.stop().catch(() => undefined);
    this.#options.onFailed(cause);
  }

  /** Synchronous up to the pause: the first fetch must not come before it. */
  #assign(partitions: number[]): void {
    if (this.#stopping) return;
    const generation = ++this.#generation;
    this.#assigned = partitions;
    this.#consumer.pause([{ topic: this.#topic, partitions }]);
    for (const partition of this.#partitions.keys()) {
      if (!partitions.includes(partition)) this.#partitions.delete(partition);
    }
    this.#commits.clear();
    void this.#retried(generation, () => this.#open(generation));
  }

  /** Takes up the assigned partitions: where they were, where the position says, or anew. */
  async #open(generation: number): Promise<void> {
    const isCurrent = () => generation === this.#generation;
    const isNew = !this.#isReady;
    const { length } = this.#assigned;
    if ('groupId' in this.#options) await this.#log.requireOwnGroup(isNew, length);
    const stored = await this.#storedPositions();
    const anew: number[] = [];
    for (const partition of this.#assigned) {
      const offset = stored.get(partition);
      const held = this.#partitions.get(partition);
      if (held && (offset === undefined || offset <= held.position.offset)) {
        // A rebalance may have cut it short.
        await this.#inTurn(() => held.reach(held.position.offset, isCurrent));
      } else if (offset === undefined) {
        anew.push(partition);
      } else {
        const known = await this.#options.known?.(partition);
        const sequences = new ItemSequences(known ?? [], known !== undefined);
        this.#add(isCurrent, new FeedPartition(this.#options, { partition, offset }, sequences));
      }
    }
    const snapshots = anew.length > 0 ? await this.#log.snapshots(anew) : [];
    for (const [partition, { levels, offset }] of snapshots) {
      const sequences = new ItemSequences((await this.#options.known?.(partition)) ?? [], false);
      const begun = new FeedPartition(this.#options, { partition, offset }, sequences);
      await this.#inTurn(() => begun.begin(levels, isCurrent));
      this.#add(isCurrent, begun);
    }
    if (!isCurrent()) return;
    await this.#commit();
    for (const position of this.positions) this.#resume(position);
    this.#isReady = true;
    this.#ready?.resolve();
  }

  #add(isCurrent: () => boolean, added: FeedPartition): void {
    if (isCurrent()) this.#partitions.set(added.partition, added);
  }

  async #storedPositions(): Promise<Map<number, number>> {
    if ('groupId' in this.#options) return this.#log.committed();
    return new Map(this.#options.positions.map(({ partition, offset }) => [partition, offset]));
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const partition = this.#partitions.get(batch.partition);
    if (!partition) return;
    let beatAt = Date.now();
    let rebalance: { error: unknown } | undefined;
    const isCurrent = () => !this.#stopping && partition === this.#partitions.get(batch.partition);
    const goOn = () => {
      if (Date.now() - beatAt < heartbeatMs) return isCurrent();
      beatAt = Date.now();
      return payload.heartbeat().then(isCurrent, (error: unknown) => {
        rebalance = { error };
        return false;
      });
    };
    if (Number((batch as FetchedBatch).fetchedOffset) > partition.position.offset) {
      this.#seek(partition.position);
      return;
    }
    const messages = await plainMessages(batch.messages, this.#registry, this.#logger, isCurrent);
    await this.#inTurn(async () => {
      if (!messages) return;
      requireReadable(messages, this.#topic, batch.partition);
      if (!(await partition.take(messages, goOn))) return;
      await partition.reach(Number(batch.lastOffset()) + 1, isCurrent);
    });
    // kafkajs joins the group anew when it gets its own error back.
    if (rebalance) throw rebalance.error;
  }

  /**
   * A stretch of the log without a committed record. One that does not begin where we are was
   * fetched for an earlier position: to believe it would skip what lies between.
   */
  async #onNoRecords({ batchSize, partition, firstOffset, lastOffset }: BatchEnd): Promise<void> {
    const reached = this.#partitions.get(partition);
    if (!reached || batchSize > 0 || (firstOffset as string | null) === null) return;
    if (Number(firstOffset) > reached.position.offset) {
      this.#seek(reached.position);
      return;
    }
    const isCurrent = () => reached === this.#partitions.get(partition);
    await this.#inTurn(() => reached.reach(Number(lastOffset) + 1, isCurrent));
  }

  /** Events behind the position were deleted, or the log is another one. */
  async #recover(partition: number): Promise<void> {
    const generation = this.#generation;
    const isCurrent = () => generation === this.#generation;
    await this.#retried(generation, async () => {
      const oldest = await this.#log.oldest(partition);
      const snapshot = (await this.#log.snapshots([partition])).get(partition);
      const behind = this.#partitions.get(partition);
      if (!isCurrent() || !behind || !snapshot) return;
      await this.#inTurn(() => behind.skipTo(oldest, snapshot, isCurrent));
      if (isCurrent()) this.#resume(behind.position);
    });
  }

  #resume(position: FeedPosition): void {
    this.#seek(position);
    this.#consumer.resume([{ topic: this.#topic, partitions: [position.partition] }]);
  }

  #seek({ partition, offset }: FeedPosition): void {
    this.#consumer.seek({ topic: this.#topic, partition, offset: String(offset) });
  }

  /** Handlers are called one at a time; what they throw ends the feed. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#stopping) return;
      await work().catch((error: unknown) => this.#fail(error));
    });
    return this.#turn;
  }

  /** Again and again while Kafka does not answer, as long as the assignment stands. What is in a
   * log, and cannot be read, does not pass. */
  async #retried(generation: number, work: () => Promise<void>): Promise<void> {
    while (generation === this.#generation) {
      try {
        await work();
        return;
      } catch (error) {
        if (isBatchError(error) || cannotPass(error, this.#settings)) return this.#fail(error);
        this.#logger.warn({ reason: messageOf(error) }, 'partitions not taken up, retrying');
        await sleep(retryMs);
      }
    }
  }

  async #commit(): Promise<void> {
    if ('groupId' in this.#options) await this.#commits.commit(this.positions);
  }
}
