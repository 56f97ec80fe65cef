const factor = 0x5bd1e995;

/**
 * The hash by which Kafka's own clients place keys, as a signed 32-bit integer. kafkajs' own one
 * computes with integers that grow: on a key of half a megabyte, sent by mistake, it takes 17 s.
 */
export function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  const whole = length & ~3;
  let hash = 0x9747b28c ^ length;
  for (let at = 0; at < whole; at += 4) {
    const word = Math.imul(bytes.readInt32LE(at), factor);
    hash = Math.imul(hash, factor) ^ Math.imul(word ^ (word >>> 24), factor);
  }
  for (let left = length - 1; left >= whole; left--) {
    hash ^= bytes.readUInt8(left) << (8 * (left - whole));
  }
  if (length > whole) hash = Math.imul(hash, factor);
  hash = Math.imul(hash ^ (hash >>> 13), factor);
  return hash ^ (hash >>> 15);
}
