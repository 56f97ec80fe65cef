import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { OperationalError } from '../ops/errors.ts';
import { copiesWanted, countBrokers, defaultCopies, inSyncConfigs } from './topicCopies.ts';
import { type TopicFinding, checkTopics, requireTopics } from './topicCheck.ts';
import { topicMetadata } from './topicMetadata.ts';
import type { Topic } from './topics.ts';

/** How long new topics may take until every partition has a leader. */
const leaderTimeoutMs = 30_000;
const leaderPollMs = 100;

/** Topics by any name; a registry is one. */
type Topics = Readonly<Record<string, Topic>>;

/** Topics of the registry that the broker does not have. */
export async function missingTopics(admin: Admin, registry: Topics): Promise<Topic[]> {
  const missing: Topic[] = [];
  for (const topic of Object.values<Topic>(registry)) {
    if (!(await topicMetadata(admin, topic.name))) missing.push(topic);
  }
  return missing;
}

/**
 * Creates the topics that are missing, waits until they can be written, then checks all of them.
 * Topics that exist are never altered. Returns the names that it created; throws what
 * `requireTopics` throws, and TOPIC_NOT_READY when a new topic has no leaders after 30 seconds.
 */
export async function ensureTopics(admin: Admin, registry: Topics): Promise<string[]> {
  const missing = await missingTopics(admin, registry);
  const created: string[] = [];
  const brokers = missing.length > 0 ? await countBrokers(admin) : 0;
  for (const topic of missing) {
    // One request each: kafkajs answers `false` for a topic that somebody else just created.
    const isNew = await admin.createTopics({
      topics: [creationOf(topic, brokers)],
      waitForLeaders: false,
      timeout: leaderTimeoutMs,
    });
    if (isNew) created.push(topic.name);
  }
  for (const { name } of missing) await untilLeaders(admin, name);
  requireTopics(await checkKnown(admin, registry));
  return created;
}

/** As `checkTopics`, for topics that exist: a broker that does not know one yet is asked again. */
async function checkKnown(admin: Admin, registry: Topics): Promise<TopicFinding[]> {
  for (const deadline = Date.now() + leaderTimeoutMs; ; await sleep(leaderPollMs)) {
    const isLate = Date.now() > deadline;
    try {
      const findings = await checkTopics(admin, registry);
      if (isLate || findings.every(({ setting }) => setting !== 'topic')) return findings;
    } catch (error) {
      if (isLate || (error as { type?: unknown }).type !== 'UNKNOWN_TOPIC_OR_PARTITION')
        throw error;
    }
  }
}

function creationOf(topic: Topic, brokers: number): ITopicConfig {
  const copies = topic.replicationFactor ?? defaultCopies(brokers);
  const configs = { ...topic.configs, ...(copies >= copiesWanted && inSyncConfigs) };
  return {
    topic: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: copies,
    configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
  };
}

/** A created topic is known to the controller at once, to the other brokers a little later. */
async function untilLeaders(admin: Admin, name: string): Promise<void> {
  const deadline = Date.now() + leaderTimeoutMs;
  while (!(await hasLeaders(admin, name))) {
    if (Date.now() > deadline) {
      throw new OperationalError('TOPIC_NOT_READY', `topic ${name} has no leaders yet`, {
        hint: 'Look at the brokers: too few are alive for ONHAND_REPLICATION_FACTOR, or very busy.',
      });
    }
    await sleep(leaderPollMs);
  }
}

async function hasLeaders(admin: Admin, name: string): Promise<boolean> {
  try {
    const partitions = (await topicMetadata(admin, name))?.partitions ?? [];
    return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
  } catch (error) {
    // While leaders are elected, kafkajs throws instead of answering.
    const { type, cause } = error as { type?: string; cause?: { type?: string } };
    if ((type ?? cause?.type) === 'LEADER_NOT_AVAILABLE') return false;
    throw error;
  }
}
