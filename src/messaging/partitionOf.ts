import { createRequire } from 'node:module';

const murmur2 = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2.js',
) as (key: Buffer | string) => number;

const hashes = new Map<string, number>();
const hashesMax = 100_000;

/** The partition where a key is at home: murmur2 as in Kafka's own clients, and as kafkajs sends. */
export function partitionOf(key: string, partitions: number): number {
  return hashOf(key) % partitions;
}

/** Remembered, because a hot SKU comes again and again and hashing it costs as much as decoding. */
function hashOf(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = murmur2(key) & 0x7fffffff;
  if (hashes.size >= hashesMax) hashes.clear();
  hashes.set(key, hash);
  return hash;
}
