import type { AvroSchema } from './avroSchema.ts';
import { releasedSchemas } from './releasedSchemas.ts';

/**
 * Schemas that bytes may have been written with, by fingerprint: those of releases, and what a
 * schema registry told. A fingerprint says what the schema is, so it does not matter who added it.
 */
const known = new Map<string, AvroSchema>();
let areReleasesKnown = false;

/** From now on, bytes that were written with this schema can be read. */
export function addWriterSchema(schema: AvroSchema): void {
  known.set(schema.fingerprint.toString('hex'), schema);
}

/** The schema with that fingerprint (hex), if it is known. */
export function writerSchema(fingerprint: string): AvroSchema | undefined {
  if (!areReleasesKnown) {
    areReleasesKnown = true;
    for (const { schema } of releasedSchemas()) addWriterSchema(schema);
  }
  return known.get(fingerprint);
}
