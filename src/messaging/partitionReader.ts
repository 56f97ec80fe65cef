import type { Cluster, Kafka, KafkaMessage } from 'kafkajs';
import { OperationalError } from '../ops/errors.ts';
import { requireUndamaged } from './batches/unreadableBatch.ts';
import { clusterOf } from './kafkaCluster.ts';

/** A record as the broker sent it; markers of transactions and aborted records are told apart. */
type RawMessage = KafkaMessage & { isControlRecord: boolean };

interface FetchedPartition {
  lastStableOffset: string;
  messages: RawMessage[];
}

/** The parts of kafkajs' cluster that its typings leave out. */
interface FetchingCluster extends Omit<Cluster, 'findBroker'> {
  retrier<Result>(work: (bail: (error: Error) => void) => Promise<Result>): Promise<Result>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<{
    fetch(request: object): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
  }>;
}

const [readUncommitted, readCommitted] = [0, 1];
/**
 * Bytes of one answer, about: two of them are in memory for each reading. And for how many ms the
 * broker holds a question for which there is nothing yet.
 */
const stretch = { maxBytes: 262_144, maxWaitTime: 500 };
/** However large it is, the broker sends a first batch. Open transactions do not hide it. */
const oneBatch = { isolationLevel: readUncommitted, maxBytes: 1, maxWaitTime: 50 };

/**
 * Reads stretches of partitions, as many as are wanted at once, without a consumer group: nobody
 * joins, nothing is committed, and nothing is left behind. Use it for topics without compaction.
 */
export class PartitionReader {
  readonly #cluster: FetchingCluster;
  readonly #isolationLevel: number;

  /** `uncommitted`: records of open and of aborted transactions are read as well. */
  constructor(kafka: Kafka, { uncommitted = false } = {}) {
    this.#cluster = clusterOf(kafka) as unknown as FetchingCluster;
    this.#isolationLevel = uncommitted ? readUncommitted : readCommitted;
  }

  async connect(): Promise<void> {
    await this.#cluster.connect();
  }

  async disconnect(): Promise<void> {
    await this.#cluster.disconnect();
  }

  /**
   * The committed records of one partition at offsets from `from` to below `to`, in order, in
   * batches; the next one is fetched while one is worked on. Waits for transactions that are open
   * below `to`. A batch whose records cannot be had comes as one message (`unreadableOf`). Throws
   * LOG_CUT when records are deleted before they were read, BATCH_DAMAGED, kafkajs' errors.
   */
  async *read(
    topic: string,
    partition: number,
    from: number,
    to: number,
  ): AsyncGenerator<KafkaMessage[], void, undefined> {
    if (from >= to) return;
    await this.#cluster.addTargetTopic(topic);
    let position = from;
    let fetched = await this.#fetch(topic, partition, position);
    let next: Promise<FetchedPartition> | undefined;
    try {
      for (;;) {
        const begin = position;
        const { messages, lastStableOffset } = fetched;
        position = Math.max(begin, Number(messages.at(-1)?.offset ?? -1) + 1);
        // What the broker has settled and does not send any more is gone for good.
        const isEnd = position >= to || (position === begin && Number(lastStableOffset) >= to);
        next = isEnd ? undefined : this.#fetch(topic, partition, position);
        // Its failure is thrown where it is awaited, also when nobody reads on.
        next?.catch(() => undefined);
        const wanted = messages.filter(({ offset, isControlRecord }) => {
          return !isControlRecord && Number(offset) >= begin && Number(offset) < to;
        });
        if (wanted.length > 0) {
          requireUndamaged(wanted, topic, partition);
          yield wanted;
        }
        if (!next) return;
        fetched = await next;
      }
    } finally {
      // What is asked for when the reader disconnects would connect it again, for good.
      await next?.catch(() => undefined);
    }
  }

  /**
   * The record at one offset, committed or not; undefined where there is none, because a marker
   * stands there or the log ends just before. Throws LOG_CUT when the offset is outside the log,
   * kafkajs' errors.
   */
  async recordAt(
    topic: string,
    partition: number,
    offset: number,
  ): Promise<KafkaMessage | undefined> {
    await this.#cluster.addTargetTopic(topic);
    const { messages } = await this.#fetch(topic, partition, offset, oneBatch);
    return messages.find((message) => {
      return !message.isControlRecord && message.offset === String(offset);
    });
  }

  /** One answer of the partition's leader; a new leader, or a broken connection, is tried again. */
  #fetch(
    topic: string,
    partition: number,
    from: number,
    how: { isolationLevel?: number; maxWaitTime: number; maxBytes: number } = stretch,
  ): Promise<FetchedPartition> {
    const cluster = this.#cluster;
    const { isolationLevel = this.#isolationLevel, maxWaitTime, maxBytes } = how;
    return cluster.retrier(async (bail) => {
      try {
        const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
        if (nodeId === undefined) throw new Error(`${topic}/${partition} has no leader`);
        const broker = await cluster.findBroker({ nodeId });
        const { responses } = await broker.fetch({
          isolationLevel,
          maxWaitTime,
          minBytes: 1,
          maxBytes,
          topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes }] }],
        });
        return responses[0]?.partitions[0] ?? { lastStableOffset: '0', messages: [] };
      } catch (error) {
        if ((error as { type?: string }).type === 'OFFSET_OUT_OF_RANGE') {
          bail(deleted(topic, partition, from));
        } else await cluster.refreshMetadata();
        throw error;
      }
    });
  }
}

function deleted(topic: string, partition: number, offset: number): OperationalError {
  return new OperationalError(
    'LOG_CUT',
    `${topic}/${partition} has no offset ${offset} any more: it was deleted while it was read`,
    { hint: "Raise the topic's retention, or begin later." },
  );
}
