import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import { requireReadable } from '../src/messaging/batches/unreadableBatch.ts';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { groupSession } from '../src/messaging/groupSession.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { toOperationalError } from '../src/messaging/kafkaErrors.ts';
import { isLate } from '../src/messaging/lateHeader.ts';
import {
  type PublishedOrderVerdict,
  decodeOrderStockEvent,
} from '../src/messaging/orderStockEventCodec.ts';
import { openRegistry } from '../src/messaging/registry/openRegistry.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { topicRegistry } from '../src/messaging/topics.ts';
import { messageOf } from '../src/ops/errors.ts';
import type { Logger } from '../src/ops/logger.ts';
import { plainMessages } from './plainMessages.ts';
import { requireVerdictOptions } from './requireOptions.ts';

/** A commit costs some 30 ms: after each batch it would be most of a reader's time. */
const commitIntervalMs = 1000;
const verdictsMax = 500;
const retryMsFirst = 50;
const retryMsMax = 2000;
const partitionsAtOnce = 4;

/**
 * A verdict as it is read. `isLate`: it had been lost, and an operator has published it behind
 * younger ones; its `sequence` may be past, and yet it was not there before.
 */
export type ReceivedVerdict = PublishedOrderVerdict & { isLate?: true };

/** Takes verdicts of one partition: in order, in one local transaction if it is wise. */
export type TakeVerdicts = (verdicts: ReceivedVerdict[]) => Promise<void>;

/**
 * Reads the verdicts on orders as a member of a consumer group, from the topic's beginning when the
 * group is new: committed ones only, in order per order. At least once: the group's offsets are
 * committed about every second, and only what the handler has returned from. After a crash up to a
 * second of verdicts comes again; `sequence`, contiguous per order, tells a repeat from news, but
 * not of one that `isLate`. A handler that waits for a verdict that is missing would wait for ever:
 * late ones stand behind.
 *
 * A handler that throws gets the same verdicts again after a pause, for as long as it takes. Those
 * of different partitions are handled side by side.
 */
export class OrderVerdicts {
  readonly #settings: ClientSettings;
  readonly #logger: Logger;
  readonly #topic: string;
  readonly #registry: SchemaRegistry | undefined;
  readonly #consumer: Consumer;
  readonly #take: TakeVerdicts;
  readonly #onFailure: (error: Error) => void;
  #latest: EachBatchPayload | undefined;
  #committing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  /**
   * `group` gets ONHAND_TOPIC_PREFIX in front. Throws OPTIONS_INVALID. `onFailure` is told when the
   * reader is dead and will not go on by itself, also when verdicts were deleted before they were
   * read, or are none.
   */
  constructor(
    settings: ClientSettings,
    logger: Logger,
    group: string,
    take: TakeVerdicts,
    onFailure: (error: Error) => void,
  ) {
    requireVerdictOptions({ group, take, onFailure });
    this.#settings = settings;
    this.#logger = logger;
    this.#take = take;
    this.#onFailure = onFailure;
    this.#topic = topicRegistry(settings).orderStock.name;
    this.#registry = openRegistry(settings);
    this.#consumer = createConsumer(
      createKafka(settings, 'onhand-verdicts', logger),
      {
        groupId: `${settings.ONHAND_TOPIC_PREFIX}${group}`,
        ...groupSession(settings),
        maxWaitTimeInMs: 200,
      },
      {
        onCrash: (error) => this.#onFailure(toOperationalError(error, settings) as Error),
        onOffsetOutOfRange: ({ partition }) =>
          this.#onFailure(new Error(`verdicts of partition ${partition} were deleted unread`)),
      },
    );
  }

  /** Throws TOPIC_MISSING, KAFKA_FORBIDDEN and other operational errors. */
  async start(): Promise<void> {
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionsAtOnce,
        eachBatch: (payload) => this.#onBatch(payload),
      });
    } catch (error) {
      await this.#consumer.disconnect().catch(() => undefined);
      throw toOperationalError(error, this.#settings);
    }
    this.#timer = setInterval(() => {
      this.#committing = this.#commit();
    }, commitIntervalMs);
  }

  /** Commits what was handled and leaves the group. A handler at work is waited for. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#committing;
    await this.#commit();
    await this.#consumer.disconnect();
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    this.#latest = payload;
    for (let start = 0; start < batch.messages.length; start += verdictsMax) {
      const messages = batch.messages.slice(start, start + verdictsMax);
      const isWanted = () => !this.#stopping && !payload.isStale();
      const plain = await plainMessages(messages, this.#registry, this.#logger, isWanted);
      if (!plain) return;
      const verdicts = this.#decode(plain, batch.partition);
      if (payload.isStale() || !(await this.#hand(verdicts, payload))) return;
      payload.resolveOffset(messages.at(-1)?.offset ?? batch.lastOffset());
      await payload.heartbeat();
    }
  }

  #decode(messages: readonly KafkaMessage[], partition: number): ReceivedVerdict[] {
    try {
      requireReadable(messages, this.#topic, partition);
      return messages.map((message): ReceivedVerdict => {
        const verdict = decodeOrderStockEvent(message.value);
        return isLate(message) ? { ...verdict, isLate: true } : verdict;
      });
    } catch (error) {
      // kafkajs would take it for something that passes, and try for ever.
      this.#onFailure(error as Error);
      throw error;
    }
  }

  /** False when told to stop before the handler has taken them. */
  async #hand(verdicts: ReceivedVerdict[], group: EachBatchPayload): Promise<boolean> {
    for (let pauseMs = retryMsFirst; !this.#stopping; pauseMs *= 2) {
      try {
        await this.#take(verdicts);
        return true;
      } catch (error) {
        this.#logger.warn({ reason: messageOf(error) }, 'verdicts not taken, trying again');
        await sleep(Math.min(pauseMs, retryMsMax));
        await group.heartbeat();
      }
    }
    return false;
  }

  /** What cannot be committed now is committed next time, or read again. */
  async #commit(): Promise<void> {
    const group = this.#latest;
    if (!group) return;
    try {
      const offsets = group.uncommittedOffsets();
      if (offsets.topics.length > 0) await group.commitOffsetsIfNecessary(offsets);
    } catch (error) {
      this.#logger.debug({ reason: messageOf(error) }, 'offsets of verdicts not committed');
    }
  }
}
