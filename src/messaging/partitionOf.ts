import { murmur2 } from './murmur2.ts';

/**
 * Where a key is at home: murmur2 as in Kafka's own clients, and as kafkajs places what it sends.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}
