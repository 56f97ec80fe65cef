import { type Cluster, type Kafka, PartitionAssigners } from 'kafkajs';
import { invariant } from '../src/ops/errors.ts';

/** The parts of kafkajs' cluster that its typings leave out. */
interface OffsetCluster extends Cluster {
  addTargetTopic(topic: string): Promise<void>;
  fetchTopicsOffset(
    topics: { topic: string; fromBeginning: false; partitions: { partition: number }[] }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

/**
 * The end of each partition of a topic, records of open transactions included. The offsets that
 * kafkajs' admin gives stop before the first of those. Opens a connection of its own.
 */
export async function appendedEnds(kafka: Kafka, topic: string): Promise<Map<number, number>> {
  const cluster = uncommittedCluster(kafka);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const partitions = cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => ({ partition: partitionId }));
    const [found] = await cluster.fetchTopicsOffset([{ topic, fromBeginning: false, partitions }]);
    invariant(found, `kafkajs told no offsets of ${topic}`);
    return new Map(found.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  } finally {
    await cluster.disconnect();
  }
}

/** kafkajs hands its cluster to partition assigners, when a consumer is made, not connected. */
function uncommittedCluster(kafka: Kafka): OffsetCluster {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: 'none',
    readUncommitted: true,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (given) => {
        cluster = given.cluster;
        return PartitionAssigners.roundRobin(given);
      },
    ],
  });
  invariant(cluster, 'kafkajs gave the partition assigner no cluster');
  return cluster;
}
