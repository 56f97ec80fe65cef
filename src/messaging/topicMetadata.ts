import type { Admin, ITopicMetadata } from 'kafkajs';

/**
 * Partitions and leaders of one topic, `undefined` when the broker has no such topic. Asks for
 * this topic only: a listing of all topics fails when any of them has no leader.
 */
export async function topicMetadata(
  admin: Admin,
  name: string,
): Promise<ITopicMetadata | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    return topics[0];
  } catch (error) {
    if ((error as { type?: unknown }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
    throw error;
  }
}
