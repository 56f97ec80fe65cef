import { type Cluster, type Kafka, PartitionAssigners } from 'kafkajs';
import { invariant } from '../ops/errors.ts';

/**
 * The connections of a client, for requests that kafkajs has and does not offer. Not connected yet;
 * whoever connects it disconnects it. kafkajs hands it to partition assigners, when a consumer is
 * made.
 */
export function clusterOf(kafka: Kafka): Cluster {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: 'none',
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
