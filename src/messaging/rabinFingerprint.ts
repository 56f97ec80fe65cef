const EMPTY = 0xc15d213aa4d7a795n;
const table = Array.from({ length: 256 }, (_, index) => {
  let entry = BigInt(index);
  for (let bit = 0; bit < 8; bit++) entry = (entry >> 1n) ^ (EMPTY & -(entry & 1n));
  return entry;
});

/**
 * CRC-64-AVRO, as the Avro specification defines it for schema fingerprints: 8 bytes, in the
 * little-endian order that single-object encoding wants. Not meant for hot paths.
 */
export function rabinFingerprint(canonicalSchema: string): Buffer {
  let fingerprint = EMPTY;
  for (const byte of Buffer.from(canonicalSchema, 'utf8')) {
    fingerprint = (fingerprint >> 8n) ^ (table[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(fingerprint);
  return bytes;
}
