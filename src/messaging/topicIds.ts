import type { Cluster, Kafka } from 'kafkajs';
import { OperationalError } from '../ops/errors.ts';
import { clusterOf } from './kafkaCluster.ts';
import { loadInternal } from './mends/loadInternal.ts';
import {
  type TopicDescription,
  metadataApiKey,
  metadataApiVersion,
  metadataProtocol,
} from './metadataProtocol.ts';

/** The parts of kafkajs' cluster that its typings leave out. */
interface ConnectedCluster extends Cluster {
  brokerPool: {
    seedBroker: {
      versions: Record<number, { maxVersion: number } | undefined>;
      connectionPool: { send(protocol: unknown): Promise<TopicDescription[]> };
    };
  };
}

const { createErrorFromCode } = loadInternal('protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};

const unknownTopic = 3;
const leaderNotAvailable = 5;
const noId = Buffer.alloc(16);

/** Which topic it is that has a name now. */
export interface TopicIdentity {
  /**
   * The id that Kafka gave it (KIP-516), as its own tools print it: base64url, 22 characters. A
   * topic that is deleted and created again under its old name has another id.
   */
  topicId: string;
  partitionCount: number;
}

/**
 * Asks a broker, past all caches, which topics these are. Opens a connection of its own. Throws
 * TOPIC_MISSING, KAFKA_TOO_OLD (before 3.1), kafkajs' errors.
 */
export async function identifyTopics(
  kafka: Kafka,
  names: readonly string[],
): Promise<Map<string, TopicIdentity>> {
  const cluster = clusterOf(kafka) as ConnectedCluster;
  try {
    await cluster.connect();
    const { seedBroker } = cluster.brokerPool;
    if ((seedBroker.versions[metadataApiKey]?.maxVersion ?? 0) < metadataApiVersion) throw tooOld();
    const topics = await seedBroker.connectionPool.send(metadataProtocol(names));
    const known = new Map(topics.map((topic) => [topic.name, topic]));
    return new Map(names.map((name) => [name, identityOf(name, known.get(name))]));
  } finally {
    await cluster.disconnect();
  }
}

/** The ids alone. */
export async function fetchTopicIds(
  kafka: Kafka,
  names: readonly string[],
): Promise<Map<string, string>> {
  const topics = await identifyTopics(kafka, names);
  return new Map([...topics].map(([name, { topicId }]) => [name, topicId]));
}

function identityOf(name: string, topic: TopicDescription | undefined): TopicIdentity {
  if (!topic || topic.errorCode === unknownTopic) {
    throw new OperationalError('TOPIC_MISSING', `topic ${name} does not exist`, {
      hint: 'Create what is missing with `onhand topics ensure`.',
    });
  }
  if (topic.errorCode !== 0 && topic.errorCode !== leaderNotAvailable) {
    throw createErrorFromCode(topic.errorCode);
  }
  if (topic.id.equals(noId)) throw tooOld();
  return { topicId: topic.id.toString('base64url'), partitionCount: topic.partitions };
}

function tooOld(): OperationalError {
  return new OperationalError('KAFKA_TOO_OLD', 'the broker does not give topics an id', {
    hint: 'onhand needs Kafka 3.1 or newer.',
  });
}
