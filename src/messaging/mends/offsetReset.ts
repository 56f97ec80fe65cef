import { failuresOf } from './consumerFailures.ts';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface TopicPartition {
  topic: string;
  partition: number;
}
interface ConsumerGroup {
  cluster: object;
  offsetManager: { nextOffset(topic: string, partition: number): { toString(): string } };
  preferredReadReplicasPerTopicPartition: Record<string, Record<number, unknown> | undefined>;
  hasSeekOffset(at: TopicPartition): boolean;
  pause(topicPartitions: { topic: string; partitions: number[] }[]): void;
}
type Recover = (this: ConsumerGroup, error: TopicPartition & Error) => Promise<void>;

/**
 * On OFFSET_OUT_OF_RANGE kafkajs commits "earliest" or "latest" for the group, even with
 * autoCommit off, and jumps there: commands are skipped or applied again in silence. Now the
 * partition stops where it is and the consumer's owner is told; without an owner the consumer
 * crashes.
 */
export function mendOffsetReset(load: LoadInternal): void {
  patchMethod<ConsumerGroup, Recover>(
    load('consumer/consumerGroup'),
    'recoverFromOffsetOutOfRange',
    () =>
      function (error) {
        const { topic, partition } = error;
        const replicas = this.preferredReadReplicasPerTopicPartition[topic];
        if (replicas?.[partition] !== undefined) {
          // A follower may lag behind the leader: ask the leader before believing it.
          replicas[partition] = undefined;
          return Promise.resolve();
        }
        // The owner has moved on while this fetch was under way.
        if (this.hasSeekOffset({ topic, partition })) return Promise.resolve();
        const failures = failuresOf(this.cluster);
        if (!failures) return Promise.reject(error);
        this.pause([{ topic, partitions: [partition] }]);
        const fetchOffset = this.offsetManager.nextOffset(topic, partition).toString();
        failures.onOffsetOutOfRange({ topic, partition, fetchOffset });
        return Promise.resolve();
      },
  );
}
