import { messageOf } from '../ops/errors.ts';
import type { AvroSchema } from './avroSchema.ts';
import { DecodeError } from './decodeError.ts';

/** Marker and fingerprint: C3 01 and 8 bytes. */
const HEADER_LENGTH = 10;

/** Grows to the largest message seen; every message is copied out of it. */
let scratch = Buffer.alloc(4096);

/** Avro single-object encoding. Throws when the value does not fit the schema. */
export function encodeSingleObject(schema: AvroSchema, value: unknown): Buffer {
  scratch[0] = 0xc3;
  scratch[1] = 0x01;
  schema.fingerprint.copy(scratch, 2);
  const end = schema.type.encode(value, scratch, HEADER_LENGTH);
  if (end < 0) {
    // avsc answers with how many bytes were missing.
    scratch = Buffer.alloc(2 * (scratch.length - end));
    return encodeSingleObject(schema, value);
  }
  return Buffer.from(scratch.subarray(0, end));
}

/** The value, or a DecodeError that says what is wrong with the bytes. */
export function decodeSingleObject(schema: AvroSchema, bytes: Buffer | null): unknown {
  if (bytes === null || bytes.length === 0) {
    throw new DecodeError('EMPTY_VALUE', 'the record has no value');
  }
  if (bytes.length < HEADER_LENGTH || bytes[0] !== 0xc3 || bytes[1] !== 0x01) {
    throw new DecodeError(
      'NOT_SINGLE_OBJECT_ENCODED',
      'the value does not begin with the marker C3 01 of Avro single-object encoding',
    );
  }
  if (schema.fingerprint.compare(bytes, 2, HEADER_LENGTH) !== 0) {
    const found = bytes.subarray(2, HEADER_LENGTH).toString('hex');
    throw new DecodeError(
      'UNKNOWN_SCHEMA',
      `no ${schema.name} schema has the fingerprint ${found}`,
    );
  }
  try {
    return schema.type.fromBuffer(bytes.subarray(HEADER_LENGTH));
  } catch (error) {
    throw new DecodeError('BROKEN_BODY', `not a whole ${schema.name}: ${messageOf(error)}`);
  }
}
