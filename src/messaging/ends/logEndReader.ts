import type { Cluster, Kafka } from 'kafkajs';
import { clusterOf } from '../kafkaCluster.ts';
import { type OpenTransaction, findOpenTransaction } from './openTransaction.ts';

/** Where a partition ends. */
export interface LogEnd {
  /** First offset that the log does not have yet, records of open transactions included. */
  end: number;
  /** First offset that readers of committed records do not get yet; `end` while none is open. */
  stable: number;
}

/** A broker of kafkajs as far as its typings leave it out. */
export interface AskedBroker {
  listOffsets(request: object): Promise<{
    responses: { partitions: { partition: number; offset: string }[] }[];
  }>;
  versions: Record<number, { maxVersion: number } | undefined>;
  connectionPool: { send(protocol: unknown): Promise<unknown> };
}

/** The parts of kafkajs' cluster that its typings leave out. */
export interface AskedCluster extends Omit<Cluster, 'findBroker' | 'getNodeIds'> {
  retrier<Result>(work: (bail: (error: unknown) => void) => Promise<Result>): Promise<Result>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<AskedBroker>;
  getNodeIds(): string[];
}

const latest = -1;
const [readUncommitted, readCommitted] = [0, 1];

/**
 * Asks where partitions end, in both senses, and what lies between. kafkajs' admin tells the stable
 * end only, at which an open transaction looks like the end of the log. It has a connection of its
 * own, which its first question opens.
 */
export class LogEndReader {
  readonly #cluster: AskedCluster;

  constructor(kafka: Kafka) {
    this.#cluster = clusterOf(kafka) as unknown as AskedCluster;
  }

  async disconnect(): Promise<void> {
    await this.#cluster.disconnect();
  }

  /** Both ends of every partition of a topic. Throws kafkajs' errors. */
  async read(topic: string): Promise<Map<number, LogEnd>> {
    return this.#ask(topic, async () => {
      // In this order, so that what is appended in between is at worst taken for an open end.
      const stable = await this.#ends(topic, readCommitted);
      const ends = await this.#ends(topic, readUncommitted);
      return new Map(
        [...ends].map(([partition, end]) => {
          return [partition, { end, stable: Math.min(end, stable.get(partition) ?? end) }];
        }),
      );
    });
  }

  /**
   * The transaction that keeps readers of committed records at this offset. Undefined when it is
   * over, or the broker does not tell (before 3.0, or without the right to read the topic).
   */
  findOpen(topic: string, partition: number, stable: number): Promise<OpenTransaction | undefined> {
    return this.#ask(topic, () => findOpenTransaction(this.#cluster, topic, partition, stable));
  }

  /** A new leader, or a broken connection, is tried again while any broker answers. */
  async #ask<Answer>(topic: string, question: () => Promise<Answer>): Promise<Answer> {
    const cluster = this.#cluster;
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    return cluster.retrier(async (bail) => {
      try {
        await cluster.refreshMetadataIfNecessary();
        return await question();
      } catch (error) {
        await cluster.refreshMetadata().catch(bail);
        throw error;
      }
    });
  }

  async #ends(topic: string, isolationLevel: number): Promise<Map<number, number>> {
    const cluster = this.#cluster;
    const all = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    const leaders = Object.entries(cluster.findLeaderForPartitions(topic, all));
    const answers = leaders.map(async ([nodeId, led]) => {
      const broker = await cluster.findBroker({ nodeId });
      const partitions = led.map((partition) => ({ partition, timestamp: latest }));
      const topics = [{ topic, partitions }];
      const { responses } = await broker.listOffsets({ isolationLevel, topics });
      return responses.flatMap((response) => response.partitions);
    });
    return new Map(
      (await Promise.all(answers)).flat().map(({ partition, offset }) => {
        return [partition, Number(offset)];
      }),
    );
  }
}
