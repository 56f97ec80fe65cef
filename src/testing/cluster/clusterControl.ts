import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Cluster, PartitionMetadata } from 'kafkajs';
import type { Settings } from '../../config/settings.ts';
import { createKafka } from '../../messaging/kafkaClient.ts';
import { clusterOf } from '../../messaging/kafkaCluster.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { waitUntil } from '../waitUntil.ts';
import { type Protocol, describeQuorum, electPreferredLeaders } from './clusterProtocol.ts';

const settleMs = 180_000;
const pollMs = 100;

/** What the cluster itself keeps: who coordinates which group and which transactions. */
export const internalTopics = ['__consumer_offsets', '__transaction_state'];

export interface PlacedPartition extends Pick<PartitionMetadata, 'leader' | 'replicas' | 'isr'> {
  topic: string;
  partition: number;
}

/** The parts of kafkajs' cluster that its typings leave out. */
interface ConnectedCluster extends Cluster {
  brokerPool: {
    seedBroker: {
      connectionPool: { send<Answer extends object>(protocol: Protocol<Answer>): Promise<Answer> };
    };
  };
}

/** What an operator of a cluster asks for, and where things are in it. */
export class ClusterControl {
  readonly #settings: Settings;
  readonly #admin: Admin;

  constructor(settings: Settings, admin: Admin) {
    this.#settings = settings;
    this.#admin = admin;
  }

  async partitions(topics: readonly string[]): Promise<PlacedPartition[]> {
    const found = await this.#admin.fetchTopicMetadata({ topics: [...topics] });
    return found.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionId, leader, replicas, isr }) => {
        return { topic: name, partition: partitionId, leader, replicas, isr };
      }),
    );
  }

  async leaderOf(topic: string, partition: number): Promise<number> {
    const found = await this.partitions([topic]);
    return found.find((each) => each.partition === partition)?.leader ?? -1;
  }

  async groupCoordinator(groupId: string): Promise<number> {
    return this.#ask(async (cluster) => {
      await cluster.refreshMetadata();
      const { coordinator } = await cluster.findGroupCoordinatorMetadata({ groupId });
      return coordinator.nodeId;
    });
  }

  /** The node whose controller leads the quorum. */
  async controller(): Promise<number> {
    return (await this.#send(describeQuorum())).leader;
  }

  /** Gives partitions other replicas and waits until these, and no others, hold all records. */
  async reassign(plan: readonly PlacedPartition[]): Promise<void> {
    const topics = [...new Set(plan.map(({ topic }) => topic))];
    await this.#admin.alterPartitionReassignments({
      topics: topics.map((topic) => ({
        topic,
        partitionAssignment: plan
          .filter((each) => each.topic === topic)
          .map(({ partition, replicas }) => ({ partition, replicas })),
      })),
    });
    const isDone = async () => {
      const now = await this.partitions(topics);
      return plan.every(({ topic, partition, replicas }) => {
        const placed = now.find((it) => it.topic === topic && it.partition === partition);
        return placed?.replicas.join() === replicas.join() && isWhole(placed);
      });
    };
    await this.#until('the end of the reassignment', isDone);
  }

  /** Makes the first replica of each partition its leader. All of them have to be in sync. */
  async elect(topics: readonly string[]): Promise<void> {
    const partitions = await this.partitions(topics);
    const asked = topics.map((topic) => ({
      topic,
      partitions: partitions.filter((it) => it.topic === topic).map(({ partition }) => partition),
    }));
    await this.#send(electPreferredLeaders(asked, settleMs));
    const areLed = async () => (await this.partitions(topics)).every(isLedByFirst);
    await this.#until('the elected leaders', areLed);
  }

  /** Moves the leader of every partition to the next broker. */
  async rotate(topics: readonly string[]): Promise<void> {
    const turned = (await this.partitions(topics)).map((placed) => {
      const [first = 0, ...others] = placed.replicas;
      return { ...placed, replicas: [...others, first] };
    });
    await this.reassign(turned);
    await this.elect(topics);
  }

  /** Waits until every partition has a leader that is none of these. */
  async untilLed(topics: readonly string[], without: readonly number[] = []): Promise<void> {
    const areLed = async () =>
      (await this.partitions(topics)).every(({ leader }) => {
        return leader >= 0 && !without.includes(leader);
      });
    await this.#until('leaders of all partitions', areLed);
  }

  /** Waits until every copy of every partition is in sync. */
  async untilWhole(topics: readonly string[]): Promise<void> {
    await this.#until('all copies', async () => (await this.partitions(topics)).every(isWhole));
  }

  /** What is asked of a cluster in trouble may fail; asked again, it says what is the case. */
  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const check = async () => {
      const holds = await condition().catch(() => false);
      if (!holds) await sleep(pollMs);
      return holds;
    };
    await waitUntil(what, check, settleMs);
  }

  #send<Answer extends object>(protocol: Protocol<Answer>): Promise<Answer> {
    return this.#ask((cluster) => cluster.brokerPool.seedBroker.connectionPool.send(protocol));
  }

  async #ask<Answer>(question: (cluster: ConnectedCluster) => Promise<Answer>): Promise<Answer> {
    const kafka = createKafka(this.#settings, 'onhand-test', silentLogger);
    const cluster = clusterOf(kafka) as ConnectedCluster;
    try {
      await cluster.connect();
      return await question(cluster);
    } finally {
      await cluster.disconnect();
    }
  }
}

function isWhole({ isr, replicas }: PlacedPartition): boolean {
  return isr.length === replicas.length;
}

function isLedByFirst({ leader, replicas }: PlacedPartition): boolean {
  return leader === replicas[0];
}
