import { SINGLE_OBJECT_HEADER_LENGTH } from '../singleObject.ts';

/**
 * The Confluent wire format: a zero byte, the schema's id in a registry (4 bytes, big-endian) and
 * the Avro body. The body is the same as in single-object encoding, so only headers are swapped.
 */
const HEADER_LENGTH = 5;

/** The id in a value's header; undefined when it is not in this format. */
export function schemaIdOf(value: Buffer | null): number | undefined {
  const isFramed = value && value.length >= HEADER_LENGTH && value[0] === 0;
  return isFramed ? value.readUInt32BE(1) : undefined;
}

/** The fingerprint in a single-object header, in hex. */
export function fingerprintOf(value: Buffer): string {
  return value.toString('hex', 2, SINGLE_OBJECT_HEADER_LENGTH);
}

/** A copy of a single-object encoded value in the Confluent wire format. */
export function toConfluent(value: Buffer, id: number): Buffer {
  const framed = Buffer.allocUnsafe(value.length - SINGLE_OBJECT_HEADER_LENGTH + HEADER_LENGTH);
  framed[0] = 0;
  framed.writeUInt32BE(id, 1);
  value.copy(framed, HEADER_LENGTH, SINGLE_OBJECT_HEADER_LENGTH);
  return framed;
}

/** A copy of a value in the Confluent wire format in single-object encoding. */
export function toSingleObject(value: Buffer, fingerprint: Buffer): Buffer {
  const length = value.length - HEADER_LENGTH + SINGLE_OBJECT_HEADER_LENGTH;
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = 0xc3;
  bytes[1] = 0x01;
  fingerprint.copy(bytes, 2);
  value.copy(bytes, SINGLE_OBJECT_HEADER_LENGTH, HEADER_LENGTH);
  return bytes;
}
