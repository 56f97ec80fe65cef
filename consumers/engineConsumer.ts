import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Batch,
  Consumer,
  ConsumerEndBatchProcessEvent,
  ConsumerGroupJoinEvent,
  EachBatchPayload,
  KafkaMessage,
} from 'kafkajs';
import { requireUndamaged } from '../src/messaging/batches/unreadableBatch.ts';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { groupSession } from '../src/messaging/groupSession.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { consumerGroup } from '../src/messaging/kafkaNames.ts';
import type { TopicIdentity } from '../src/messaging/topicIds.ts';
import { OperationalError, messageOf } from '../src/ops/errors.ts';
import { troubleOf } from '../src/ops/trouble.ts';
import { type Progress, requireSameTopic } from '../src/storage/progress.ts';
import type { Lane } from './lane.ts';
import { learnSchemas } from './learnSchemas.ts';
import { laneRecords } from './laneRecords.ts';
import type { LaneContext } from './laneContext.ts';
import { LaneOwner } from './laneOwner.ts';
import { LogContinuity } from './logContinuity.ts';
import { traceRecord } from './logHistory.ts';
import { firstUndated, undatedError } from './undatedRecords.ts';

type BatchPayload = ConsumerEndBatchProcessEvent['payload'];

/** What one fetch brings of a lane: less than a slice, so that buffers stay small. */
const fetchBytesMax = 131_072;
/** How long a fetch waits where nothing comes; less while a lane is paused (`mendResumeWake`). */
const fetchWaitMsMax = 1000;
const offsetCommitIntervalMs = 5000;
const damagedRetryMs = 5000;

/**
 * A member of an engine's group. Kafka only says which lanes to try: each is claimed in
 * MySQL, read from the progress found there, and given up when a claim of somebody else fences it.
 * The fetch loop only fetches; lanes work at their own pace.
 */
export class EngineConsumer {
  readonly #context: LaneContext;
  readonly #consumer: Consumer;
  readonly #lanes: LaneOwner;
  readonly #topic: string;
  readonly #onCrash: (error: Error) => void;
  readonly #continuity: LogContinuity;
  /** Of the topic as it was found first. */
  #identity: TopicIdentity | undefined;
  #committing: NodeJS.Timeout | undefined;

  /** `onCrash` is told when the consumer is dead and will not restart: the process should end. */
  constructor(context: LaneContext, onCrash: (error: Error) => void) {
    const { engine, settings, logger } = context;
    const groupId = consumerGroup(settings, engine);
    this.#context = context;
    this.#topic = context.input.name;
    this.#onCrash = onCrash;
    const maxWaitTimeInMs = Math.min(fetchWaitMsMax, settings.ONHAND_SESSION_TIMEOUT_SECONDS * 250);
    this.#continuity = new LogContinuity(maxWaitTimeInMs);
    this.#consumer = createConsumer(
      createKafka(settings, groupId, logger),
      {
        groupId,
        ...groupSession(settings),
        rebalanceTimeout: 30_000,
        maxWaitTimeInMs,
        maxBytesPerPartition: fetchBytesMax,
      },
      {
        onOffsetOutOfRange: ({ partition }) => void this.#lanes.reclaim(partition),
        onFetchFailed: () => this.#continuity.failed(performance.now()),
        onCrash: (error) => this.#onCrash(error),
      },
    );
    this.#lanes = new LaneOwner(context, {
      pause: (partition) => this.#pause(partition),
      resume: (partition) => this.#resume(partition),
      seek: (partition, offset) =>
        this.#consumer.seek({ topic: this.#topic, partition, offset: String(offset) }),
    });
  }

  get lanes(): LaneOwner {
    return this.#lanes;
  }

  async start(): Promise<void> {
    const { GROUP_JOIN, HEARTBEAT, FETCH_START, FETCH, END_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, (event) => this.#onGroupJoin(event));
    // A heartbeat that is answered proves that the group still counts us in.
    this.#consumer.on(HEARTBEAT, () => this.#lanes.reclaimFenced());
    this.#consumer.on(FETCH_START, () => this.#continuity.fetching(performance.now()));
    this.#consumer.on(FETCH, ({ payload }) => {
      this.#continuity.answered(performance.now(), payload.duration);
    });
    // Records of aborted transactions alone never reach eachBatch.
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => this.#onNoRecords(payload));
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#onBatch(payload),
    });
    this.#committing = setInterval(() => {
      void this.#commitOffsets(this.#lanes.progress());
      void this.#checkLog();
      void this.#lanes.reclaimPutBack();
    }, offsetCommitIntervalMs);
  }

  /** Lets the slices under way end, then hands the lanes back to the group. */
  async stop(): Promise<void> {
    clearInterval(this.#committing);
    await this.#commitOffsets(await this.#lanes.close());
    await this.#consumer.disconnect();
  }

  /**
   * The topic may be replaced or get more partitions while we read it; kafkajs would go on. True
   * when it is as it was; when it is not, the process is to end.
   */
  async #checkLog(): Promise<boolean> {
    try {
      const identity = await this.#context.identifyLog();
      // Lanes that are halted, or about to be claimed, are asked nothing and have to be told, too.
      requireSameTopic((this.#identity ??= identity), identity);
      for (const progress of this.#lanes.progress()) requireSameTopic(progress, identity);
      return true;
    } catch (error) {
      if (error instanceof OperationalError) this.#onCrash(error);
      return false;
    }
  }

  /** Whether what was just fetched is of the log that was claimed. */
  async #isSameLog(partition: number): Promise<boolean> {
    if (this.#continuity.isCertain(partition)) return true;
    const now = performance.now();
    // First of all the topic: lanes that a claim has halted would not tell that it is another one.
    if (!(await this.#checkLog())) return false;
    const lane = this.#lanes.get(partition);
    if (lane && !(await this.#checkHistory(lane))) return false;
    this.#continuity.confirmed(partition, now);
    return true;
  }

  /**
   * Under the same id a log may have been cut back and have grown again: a broker was restored from
   * its disk, or an unclean leader was elected. True when what the lane has taken last is there.
   * When it is not, the lane is claimed anew: what it has taken and not applied is dropped, and
   * what it has applied is compared.
   */
  async #checkHistory(lane: Lane): Promise<boolean> {
    const { newest } = lane;
    if (!newest) return true;
    const partition = lane.progress.lane;
    try {
      const trace = await this.#context.reader.use((reader) =>
        traceRecord(reader, this.#topic, partition, newest),
      );
      if (typeof trace !== 'object') return true;
    } catch (error) {
      this.#context.logger.warn({ lane: partition, reason: messageOf(error) }, 'log not compared');
      return false;
    }
    this.#context.logger.warn({ lane: partition, offset: newest.offset }, 'log differs, claiming');
    if (this.#lanes.get(partition) === lane) void this.#lanes.reclaim(partition);
    return false;
  }

  #onGroupJoin({ payload }: ConsumerGroupJoinEvent): void {
    this.#lanes.assign(payload.memberAssignment[this.#topic] ?? []);
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    // What is not resolved is fetched again.
    if (!(await this.#isSameLog(partition))) return;
    const lane = this.#lanes.get(partition);
    if (!lane) return;
    const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string };
    if (Number(fetchedOffset) > lane.accepted) {
      this.#context.logger.info(
        { lane: partition, fetchedOffset },
        'fetch began too late, seeking',
      );
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(lane.accepted) });
      return;
    }
    if (this.#isDamaged(lane, batch)) return;
    const { registry, logger } = this.#context;
    const heldAt = this.#holdAt(lane, batch.messages);
    const messages =
      heldAt === undefined
        ? batch.messages
        : batch.messages.filter(({ offset }) => Number(offset) < heldAt);
    const unlearned = registry?.unlearned(messages);
    if (registry && unlearned?.size) {
      // Fetched again when the schemas are there; the other lanes go on meanwhile.
      this.#pause(partition);
      void learnSchemas(
        registry,
        unlearned,
        logger,
        () => this.#lanes.get(partition) === lane,
        (error) => this.#lanes.holdUp(lane, error),
      ).then((known) => {
        this.#lanes.holdUp(lane, undefined);
        if (known) this.#resume(partition);
      });
      return;
    }
    lane.accept(laneRecords(messages, registry), heldAt ?? Number(batch.lastOffset()) + 1);
    if (heldAt !== undefined) return this.#hold(lane, partition, heldAt);
    payload.resolveOffset(batch.lastOffset());
    if (lane.isFull) this.#pause(partition);
  }

  /** Where the lane has to stop, because the broker has not dated what comes next. */
  #holdAt(lane: Lane, messages: readonly KafkaMessage[]): number | undefined {
    if (this.#context.settings.ONHAND_UNDATED_RECORDS !== 'hold') return undefined;
    return firstUndated(messages, lane.accepted);
  }

  /** Stops at records without the broker's time until an operator says what to do with them. */
  #hold(lane: Lane, partition: number, offset: number): void {
    const error = undatedError(this.#topic, partition, offset);
    const { code, hint, message } = error;
    if (this.#lanes.holdUp(lane, error)) {
      this.#context.logger.error({ lane: partition, code, hint }, `lane held: ${message}`);
    }
    this.#pause(partition);
  }

  /**
   * Bytes that the broker's checksum does not fit say nothing of the log: the lane waits until a
   * replica has the right ones, and the others go on.
   */
  #isDamaged(lane: Lane, { messages, topic, partition }: Batch): boolean {
    try {
      requireUndamaged(messages, topic, partition);
      return false;
    } catch (error) {
      this.#context.logger.error({ lane: partition, ...troubleOf(error) }, 'batch is damaged');
      this.#pause(partition);
      this.#lanes.holdUp(lane, error);
      void sleep(damagedRetryMs).then(() => {
        if (this.#lanes.get(partition) !== lane) return;
        this.#lanes.holdUp(lane, undefined);
        this.#resume(partition);
      });
      return true;
    }
  }

  /**
   * A stretch of the log that holds no record for us. One that does not begin where the lane is was
   * fetched for an earlier claim: to believe it would skip what lies between.
   */
  #onNoRecords({ batchSize, partition, firstOffset, lastOffset }: BatchPayload): void {
    const lane = this.#lanes.get(partition);
    if (!lane || batchSize > 0 || (firstOffset as string | null) === null) return;
    const isCertain = this.#continuity.isCertain(partition);
    if (!isCertain) void this.#isSameLog(partition);
    if (!isCertain || Number(firstOffset) > lane.accepted) {
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(lane.accepted) });
    } else {
      lane.accept([], Number(lastOffset) + 1);
    }
  }

  /** For tools that show the group's lag, and for a sane start after the state was lost. */
  async #commitOffsets(progress: Progress[]): Promise<void> {
    const offsets = progress.map(({ lane: partition, nextOffset }) => {
      return { topic: this.#topic, partition, offset: String(nextOffset) };
    });
    if (offsets.length === 0) return;
    // Nothing depends on it: the truth about progress is in MySQL.
    await this.#consumer.commitOffsets(offsets).catch(() => undefined);
  }

  #pause(partition: number): void {
    this.#continuity.paused(partition, performance.now());
    this.#consumer.pause(this.#at(partition));
  }

  #resume(partition: number): void {
    this.#continuity.resumed(partition, performance.now());
    this.#consumer.resume(this.#at(partition));
  }

  #at(partition: number) {
    return [{ topic: this.#topic, partitions: [partition] }];
  }
}
