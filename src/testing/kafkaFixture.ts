import { randomBytes } from 'node:crypto';
import type { Admin, Kafka, KafkaConfig } from 'kafkajs';
import { pino } from 'pino';
import { loadSettings } from '../config/loadSettings.ts';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { topicMetadata } from '../messaging/topicMetadata.ts';

/** The real broker of the stack, for one test file, with topics that vanish at the end. */
export interface KafkaFixture {
  settings: Settings;
  admin: Admin;
  /** A client as the processor makes it; one per consumer, producer or admin. */
  newKafka(): Kafka;
  /** A name that no other test uses; a topic of that name is deleted at the end. */
  newName(): string;
  newTopic(partitions?: number): Promise<string>;
  close(): Promise<void>;
}

export const silentLogger = pino({ level: 'silent' });

export async function kafkaFixture(): Promise<KafkaFixture> {
  const settings = loadSettings().values;
  const admin = await connectAdmin(settings, silentLogger);
  const names: string[] = [];
  const newName = () => {
    const name = `t-${randomBytes(6).toString('hex')}`;
    names.push(name);
    return name;
  };
  return {
    settings,
    admin,
    newName,
    newKafka: () => createKafka(settings, 'onhand-test', silentLogger),
    newTopic: async (numPartitions = 1) => {
      const topic = newName();
      await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }] });
      return topic;
    },
    close: async () => {
      for (const topic of names) {
        if (await topicMetadata(admin, topic)) await admin.deleteTopics({ topics: [topic] });
      }
      await admin.disconnect();
    },
  };
}

/** Settings of a plain client for a copy of kafkajs that is not ours to configure. */
export function plainConfig(settings: Settings): KafkaConfig {
  return {
    brokers: settings.ONHAND_KAFKA_BROKERS.split(','),
    clientId: 'onhand-test',
    logLevel: 0,
  };
}
