import { type Consumer, type ConsumerConfig, type Kafka, PartitionAssigners } from 'kafkajs';
import { type ConsumerFailures, registerFailures } from './mends/consumerFailures.ts';

/** Fixed for every consumer of onhand: it never creates topics, it does its own assigning. */
type Config = Omit<ConsumerConfig, 'allowAutoTopicCreation' | 'partitionAssigners'>;

/**
 * A consumer of this client that tells its owner what it cannot answer by itself. Give each
 * consumer a `Kafka` object of its own.
 */
export function createConsumer(kafka: Kafka, config: Config, failures: ConsumerFailures): Consumer {
  return kafka.consumer({
    ...config,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (given) => {
        registerFailures(given.cluster, failures);
        return PartitionAssigners.roundRobin(given);
      },
    ],
  });
}
