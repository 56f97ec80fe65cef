import type { Admin } from 'kafkajs';
import { ensureTopics } from '../messaging/topicAdmin.ts';
import { topicMetadata } from '../messaging/topicMetadata.ts';
import type { Topic, TopicRegistry } from '../messaging/topics.ts';
import { OperationalError } from '../ops/errors.ts';

/** The topic to which events are to be sent again. */
export interface EventsTarget {
  name: string;
  partitions: number;
  /** It is not there yet. */
  isMissing: boolean;
}

/**
 * Looks the target up. One that is missing gets as many partitions as the source, if it `mayCreate`
 * one. Throws TOPIC_OWN for a topic of this installation, TOPIC_MISSING, kafkajs' errors.
 */
export async function findTarget(
  admin: Admin,
  topics: TopicRegistry,
  name: string,
  source: { partitionCount: number },
  mayCreate: boolean,
): Promise<EventsTarget> {
  if (Object.values<Topic>(topics).some((topic) => topic.name === name)) {
    throw new OperationalError('TOPIC_OWN', `${name} is a topic of onhand itself`, {
      hint: 'Its readers would take the events for new ones: send them to a topic of your own.',
    });
  }
  const found = await topicMetadata(admin, name);
  if (found) return { name, partitions: found.partitions.length, isMissing: false };
  if (mayCreate) return { name, partitions: source.partitionCount, isMissing: true };
  throw new OperationalError('TOPIC_MISSING', `topic ${name} does not exist`, {
    hint: 'Create it, or let --create do it.',
  });
}

/** Creates a missing target, with the broker's defaults otherwise. */
export async function createTarget(
  admin: Admin,
  { name, partitions }: EventsTarget,
  replicationFactor: number | undefined,
): Promise<void> {
  const target: Topic = {
    name,
    partitions,
    replicationFactor,
    configs: {},
    key: 'as received',
    schema: 'bytes',
    description: 'events that were sent again',
  };
  await ensureTopics(admin, { target });
}
