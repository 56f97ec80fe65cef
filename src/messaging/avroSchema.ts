import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schema } from 'avsc';
import avro from 'avsc';
import { packageRoot } from '../config/packageRoot.ts';
import { canonicalForm } from './canonicalForm.ts';
import { rabinFingerprint } from './rabinFingerprint.ts';

/** An Avro type with the fingerprint by which single-object encoding names it. */
export interface AvroSchema {
  /** Without the namespace. */
  name: string;
  /** Nullable fields are plain values; a union of records is wrapped. */
  type: avro.Type;
  /** CRC-64-AVRO of the schema's parsing canonical form, 8 bytes, little-endian. */
  fingerprint: Buffer;
  /** The schema as JSON, its documentation and defaults included. */
  text: string;
}

export const schemaFolder = join(packageRoot, 'schemas');

/** Loads `schemas/NAME.avsc`. */
export function loadAvroSchema(name: string): AvroSchema {
  return parseAvroSchema(readFileSync(join(schemaFolder, `${name}.avsc`), 'utf8'));
}

/** Reads a schema from its JSON. Throws when it is none. */
export function parseAvroSchema(text: string): AvroSchema {
  const schema = JSON.parse(text) as Schema;
  const type = avro.Type.forSchema(schema);
  return {
    name: type.branchName?.split('.').at(-1) ?? type.typeName,
    type,
    fingerprint: rabinFingerprint(canonicalForm(text, 'plain')),
    text: JSON.stringify(schema),
  };
}
