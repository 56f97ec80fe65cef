import { type Consumer, type ConsumerConfig, type Kafka } from 'kafkajs';
import { assignToSubscribers } from './assignToSubscribers.ts';
import { type ConsumerFailures, registerFailures } from './mends/consumerFailures.ts';

/** Fixed for every consumer of onhand: it never creates topics, it does its own assigning. */
type Config = Omit<ConsumerConfig, 'allowAutoTopicCreation' | 'partitionAssigners'>;

/**
 * A consumer of this client that tells its owner what it cannot answer by itself. Give each
 * consumer a `Kafka` object of its own, and end it with disconnect(), which may take as long as
 * the group takes to rebalance.
 */
export function createConsumer(kafka: Kafka, config: Config, failures: ConsumerFailures): Consumer {
  let ended = false;
  const consumer = kafka.consumer({
    ...config,
    // Without this, a consumer that crashes while it is disconnected restarts for nobody.
    retry: { ...config.retry, restartOnFailure: () => Promise.resolve(!ended) },
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (given) => {
        registerFailures(given.cluster, {
          onOffsetOutOfRange: (failure) => {
            failures.onOffsetOutOfRange(failure);
          },
          onFetchFailed: () => failures.onFetchFailed?.(),
          onCrash: (error) => {
            if (!ended) failures.onCrash(error);
          },
        });
        return assignToSubscribers(given);
      },
    ],
  });
  return {
    ...consumer,
    disconnect: () => {
      ended = true;
      return consumer.disconnect();
    },
  };
}
