import type { Kafka } from 'kafkajs';
import { LogEndReader } from '../src/messaging/ends/logEndReader.ts';

/**
 * The end of each partition of a topic, records of open transactions included. The offsets that
 * kafkajs' admin gives stop before the first of those. Opens a connection of its own.
 */
export async function appendedEnds(kafka: Kafka, topic: string): Promise<Map<number, number>> {
  const reader = new LogEndReader(kafka);
  try {
    const ends = await reader.read(topic);
    return new Map([...ends].map(([partition, { end }]) => [partition, end]));
  } finally {
    await reader.disconnect();
  }
}
