import { randomUUID } from 'node:crypto';
import type { Producer, TopicMessages } from 'kafkajs';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { transactionalId } from '../src/messaging/kafkaNames.ts';
import { faultPoint } from '../src/ops/faultPoint.ts';
import type { EngineName } from '../src/storage/progress.ts';

const transactionTimeoutMs = 15_000;

/** One Kafka transaction at most: the broker takes no larger batch than 1 MiB for a partition. */
export const transactionLimits = { rowsMax: 4000, bytesMax: 1_000_000 };

/** Where publishing is after a transaction: last sequence by lane, as offsets of a group. */
export interface Cursors {
  group: string;
  topic: string;
  last: ReadonlyMap<number, number>;
}

/**
 * A transactional producer with an id that no other ever had and that is not used again after its
 * first error: kafkajs would go on with sequence numbers that the broker may know already.
 */
export class PublisherProducer {
  readonly transactionalId: string;
  readonly #producer: Producer;

  private constructor(id: string, producer: Producer) {
    this.transactionalId = id;
    this.#producer = producer;
  }

  /**
   * Known to the broker when it is returned: only then can others fence it by its id. `unique` is
   * the id's own part; who had it before is fenced, and what that one left open has ended.
   */
  static async open(
    settings: Settings,
    logger: Logger,
    engine: EngineName,
    unique: string = randomUUID(),
  ): Promise<PublisherProducer> {
    const id = transactionalId(settings, engine, unique);
    return new PublisherProducer(id, await begin(settings, logger, id));
  }

  /** All of it, with the cursors that it moves, if any, or nothing. */
  async publish(topicMessages: TopicMessages[], cursors?: Cursors): Promise<void> {
    const transaction = await this.#producer.transaction();
    try {
      faultPoint('publish-before-send');
      await transaction.sendBatch({ acks: -1, topicMessages });
      faultPoint('publish-after-send');
      if (cursors) await transaction.sendOffsets(this.#offsetsOf(cursors));
      faultPoint('publish-before-commit');
      await transaction.commit();
      faultPoint('publish-after-commit');
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined);
  }

  #offsetsOf({ group, topic, last }: Cursors) {
    const partitions = [...last].map(([partition, sequence]) => {
      // Who moved it, for a database that has no note of that.
      return { partition, offset: String(sequence), metadata: this.transactionalId };
    });
    return { consumerGroupId: group, topics: [{ topic, partitions }] };
  }
}

/**
 * Ends a producer for good, wherever it is, with what it has open: what it published before can be
 * relied on then, and nothing comes after it.
 */
export async function fenceProducer(settings: Settings, logger: Logger, id: string): Promise<void> {
  await (await begin(settings, logger, id)).disconnect();
}

/** An empty transaction makes the broker raise the id's epoch and end what was open under it. */
async function begin(settings: Settings, logger: Logger, id: string): Promise<Producer> {
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
    return producer;
  } catch (error) {
    await producer.disconnect().catch(() => undefined);
    throw error;
  }
}
