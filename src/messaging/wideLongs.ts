import avro from 'avsc';
import type { AvroSchema } from './avroSchema.ts';

/** Up to here avsc is exact both ways: what is below −2^52 it writes, and reads, as positive. */
const longMax = 2n ** 52n;

const clampedLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => {
    const value = bytes.readBigInt64LE();
    if (value > longMax) return Number(longMax);
    return Number(value < -longMax ? -longMax : value);
  },
  toBuffer: (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: Number,
  toJSON: Number,
  isValid: Number.isInteger,
  compare: (one: number, other: number) => Math.sign(one - other),
});

const wide = new WeakMap<AvroSchema, AvroSchema>();

/**
 * The same schema, by which numbers that a double cannot hold become ±2^52: far beyond
 * every range of ours, so that Java's `Long.MAX_VALUE`, sent as "never", is refused by name
 * and not as broken bytes. Slower than the schema itself.
 */
export function withWideLongs(schema: AvroSchema): AvroSchema {
  let found = wide.get(schema);
  if (!found) {
    const type = avro.Type.forSchema(JSON.parse(schema.text) as avro.Schema, {
      typeHook: (one) => (isLong(one) ? clampedLong : undefined),
    });
    wide.set(schema, (found = { ...schema, type }));
  }
  return found;
}

/** Whether avsc found a number in the bytes that it cannot hold. */
export function isTooWide(error: unknown): boolean {
  return error instanceof Error && error.message === 'potential precision loss';
}

function isLong(schema: unknown): boolean {
  return schema === 'long' || (schema as { type?: unknown } | null)?.type === 'long';
}
