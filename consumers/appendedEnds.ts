import type { Kafka } from 'kafkajs';
import { clusterOf } from '../src/messaging/kafkaCluster.ts';
import { invariant } from '../src/ops/errors.ts';

/**
 * The end of each partition of a topic, records of open transactions included. The offsets that
 * kafkajs' admin gives stop before the first of those. Opens a connection of its own.
 */
export async function appendedEnds(kafka: Kafka, topic: string): Promise<Map<number, number>> {
  const cluster = clusterOf(kafka, { readUncommitted: true });
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
