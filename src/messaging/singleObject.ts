import { messageOf } from '../ops/errors.ts';
import type { AvroSchema } from './avroSchema.ts';
import { DecodeError } from './decodeError.ts';
import { type SchemaReader, schemaReader } from './schemaReader.ts';
import { isTooWide, withWideLongs } from './wideLongs.ts';
import { writerSchema } from './writerSchemas.ts';

/** Marker and fingerprint: C3 01 and 8 bytes. */
export const SINGLE_OBJECT_HEADER_LENGTH = 10;

/** Grows to the largest message seen; every message is copied out of it. */
let scratch = Buffer.alloc(4096);

/** Readers of bytes that were written with other schemas, by the writer's fingerprint. */
const readers = new WeakMap<AvroSchema, Map<string, SchemaReader>>();

/** Avro single-object encoding. Throws when the value does not fit the schema. */
export function encodeSingleObject(schema: AvroSchema, value: unknown): Buffer {
  scratch[0] = 0xc3;
  scratch[1] = 0x01;
  schema.fingerprint.copy(scratch, 2);
  const end = schema.type.encode(value, scratch, SINGLE_OBJECT_HEADER_LENGTH);
  if (end < 0) {
    // avsc answers with how many bytes were missing.
    scratch = Buffer.alloc(2 * (scratch.length - end));
    return encodeSingleObject(schema, value);
  }
  return Buffer.from(scratch.subarray(0, end));
}

/**
 * The value, or a DecodeError that says what is wrong with the bytes. They may have been written
 * with an older or newer schema, if that one is known: see `writerSchemas`.
 */
export function decodeSingleObject(schema: AvroSchema, bytes: Buffer | null): unknown {
  if (bytes === null || bytes.length === 0) {
    throw new DecodeError('EMPTY_VALUE', 'the record has no value');
  }
  if (bytes.length < SINGLE_OBJECT_HEADER_LENGTH || bytes[0] !== 0xc3 || bytes[1] !== 0x01)
    throw foreign(bytes);
  try {
    try {
      return read(schema, bytes);
    } catch (error) {
      if (!isTooWide(error)) throw error;
      return read(withWideLongs(schema), bytes);
    }
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    throw new DecodeError('BROKEN_BODY', `not a whole ${schema.name}: ${messageOf(error)}`);
  }
}

function read(schema: AvroSchema, bytes: Buffer): unknown {
  const body = bytes.subarray(SINGLE_OBJECT_HEADER_LENGTH);
  const isOwn = schema.fingerprint.compare(bytes, 2, SINGLE_OBJECT_HEADER_LENGTH) === 0;
  if (isOwn) return schema.type.fromBuffer(body);
  return readerOf(schema, bytes.toString('hex', 2, SINGLE_OBJECT_HEADER_LENGTH))(body);
}

function readerOf(schema: AvroSchema, fingerprint: string): SchemaReader {
  let ofSchema = readers.get(schema);
  if (!ofSchema) readers.set(schema, (ofSchema = new Map<string, SchemaReader>()));
  let reader = ofSchema.get(fingerprint);
  if (reader) return reader;
  const writer = writerSchema(fingerprint);
  if (!writer) {
    throw new DecodeError(
      'UNKNOWN_SCHEMA',
      `no ${schema.name} schema has the fingerprint ${fingerprint}`,
    );
  }
  ofSchema.set(fingerprint, (reader = readerOrRefusal(schema, writer)));
  return reader;
}

/** That two schemas cannot be resolved is found out once, not for every record. */
function readerOrRefusal(schema: AvroSchema, writer: AvroSchema): SchemaReader {
  try {
    return schemaReader(schema, writer);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Bytes whose schema a registry could tell reach a decoder only when it could not. */
function foreign(bytes: Buffer): DecodeError {
  if (bytes[0] === 0 && bytes.length >= 5) {
    return new DecodeError(
      'UNKNOWN_SCHEMA',
      `the value names schema ${bytes.readUInt32BE(1)} of a schema registry; ` +
        'the configured one has no such Avro schema, or none is configured',
    );
  }
  return new DecodeError(
    'NOT_SINGLE_OBJECT_ENCODED',
    'the value begins neither with the marker C3 01 of Avro single-object encoding ' +
      'nor with the id of a registered schema',
  );
}
