import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { consumerGroup } from '../src/messaging/kafkaNames.ts';
import type { Progress } from '../src/storage/progress.ts';
import { laneRecords } from './laneRecords.ts';
import { type LaneContext, LaneOwner } from './laneOwner.ts';

/** What one fetch brings of a lane: about a slice and a half, so that buffers stay small. */
const fetchBytesMax = 262_144;
/** Short, because a lane that was claimed or has room again waits for the open fetch to end. */
const fetchWaitMs = 200;
const offsetCommitIntervalMs = 5000;

/**
 * A member of the stock engine's group. Kafka only says which lanes to try: each is claimed in
 * MySQL, read from the progress found there, and given up when a claim of somebody else fences it.
 * The fetch loop only fetches; lanes work at their own pace.
 */
export class StockConsumer {
  readonly #context: LaneContext;
  readonly #consumer: Consumer;
  readonly #lanes: LaneOwner;
  readonly #topic: string;
  readonly #onCrash: (error: Error) => void;
  #committing: NodeJS.Timeout | undefined;

  /** `onCrash` is told when the consumer is dead and will not restart: the process should end. */
  constructor(context: LaneContext, onCrash: (error: Error) => void) {
    const { settings, logger } = context;
    const groupId = consumerGroup(settings, 'stock');
    this.#context = context;
    this.#topic = context.topics.stockCommands.name;
    this.#onCrash = onCrash;
    this.#consumer = createConsumer(
      createKafka(settings, groupId, logger),
      {
        groupId,
        sessionTimeout: settings.ONHAND_SESSION_TIMEOUT_SECONDS * 1000,
        heartbeatInterval: Math.min(3000, settings.ONHAND_SESSION_TIMEOUT_SECONDS * 250),
        rebalanceTimeout: 30_000,
        maxWaitTimeInMs: fetchWaitMs,
        maxBytesPerPartition: fetchBytesMax,
      },
      {
        onOffsetOutOfRange: ({ partition }) => void this.#lanes.reclaim(partition),
        onCrash: (error) => this.#onCrash(error),
      },
    );
    this.#lanes = new LaneOwner(context, {
      pause: (partition) => this.#consumer.pause(this.#at(partition)),
      resume: (partition) => this.#consumer.resume(this.#at(partition)),
      seek: (partition, offset) =>
        this.#consumer.seek({ topic: this.#topic, partition, offset: String(offset) }),
    });
  }

  get lanes(): LaneOwner {
    return this.#lanes;
  }

  async start(): Promise<void> {
    const { GROUP_JOIN, HEARTBEAT, END_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, (event) => this.#onGroupJoin(event));
    // A heartbeat that is answered proves that the group still counts us in.
    this.#consumer.on(HEARTBEAT, () => this.#lanes.reclaimFenced());
    // Records of aborted transactions alone never reach eachBatch.
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) {
        this.#lanes.get(payload.partition)?.accept([], Number(payload.lastOffset) + 1);
      }
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#onBatch(payload),
    });
    this.#committing = setInterval(() => {
      void this.#commitOffsets(this.#lanes.progress());
    }, offsetCommitIntervalMs);
  }

  /** Lets the slices under way end, then hands the lanes back to the group. */
  async stop(): Promise<void> {
    clearInterval(this.#committing);
    await this.#commitOffsets(await this.#lanes.close());
    await this.#consumer.disconnect();
  }

  #onGroupJoin({ payload }: ConsumerGroupJoinEvent): void {
    this.#lanes.assign(payload.memberAssignment[this.#topic] ?? []);
  }

  #onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const lane = this.#lanes.get(partition);
    if (!lane) return Promise.resolve();
    const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string };
    if (Number(fetchedOffset) > lane.accepted) {
      this.#context.logger.info(
        { lane: partition, fetchedOffset },
        'fetch began too late, seeking',
      );
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(lane.accepted) });
      return Promise.resolve();
    }
    lane.accept(laneRecords(batch.messages), Number(batch.lastOffset()) + 1);
    payload.resolveOffset(batch.lastOffset());
    if (lane.isFull) this.#consumer.pause(this.#at(partition));
    return Promise.resolve();
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

  #at(partition: number) {
    return [{ topic: this.#topic, partitions: [partition] }];
  }
}
