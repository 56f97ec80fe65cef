import type { TopicIdentity } from '../src/messaging/topicIds.ts';
import type { Topic } from '../src/messaging/topics.ts';
import { OperationalError } from '../src/ops/errors.ts';

/** Throws PARTITION_COUNT_CHANGED: with another count keys would change their writer. */
export function requirePartitionCount({ partitionCount }: TopicIdentity, topic: Topic): void {
  if (partitionCount === topic.partitions) return;
  throw new OperationalError(
    'PARTITION_COUNT_CHANGED',
    `topic ${topic.name} has ${partitionCount} partitions, expected ${topic.partitions}: ` +
      'a key would change its writer',
    {
      hint: 'Move to a new topic and database, or restore the topic with its old partition count.',
    },
  );
}
