import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schema } from 'avsc';
import avro from 'avsc';
import { packageRoot } from '../config/packageRoot.ts';
import { rabinFingerprint } from './rabinFingerprint.ts';

/** An Avro type with the fingerprint by which single-object encoding names it. */
export interface AvroSchema {
  name: string;
  /** Nullable fields are plain values; a union of records is wrapped. */
  type: avro.Type;
  /** CRC-64-AVRO of the schema's parsing canonical form, 8 bytes, little-endian. */
  fingerprint: Buffer;
}

/** Loads `schemas/NAME.avsc`. */
export function loadAvroSchema(name: string): AvroSchema {
  const file = join(packageRoot, 'schemas', `${name}.avsc`);
  const type = avro.Type.forSchema(JSON.parse(readFileSync(file, 'utf8')) as Schema);
  return { name, type, fingerprint: rabinFingerprint(JSON.stringify(type.schema())) };
}
