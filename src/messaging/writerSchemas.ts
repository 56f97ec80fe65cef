import { type AvroSchema, loadAvroSchema } from './avroSchema.ts';
import { canonicalForm, canonicalStyles } from './canonicalForm.ts';
import { rabinFingerprint } from './rabinFingerprint.ts';
import { releasedSchemas } from './releasedSchemas.ts';
import { strictSchemas } from './strictSchema.ts';

/**
 * Schemas that bytes may have been written with, by fingerprint: those of releases, and what a
 * schema registry told. A fingerprint says what the schema is, so it does not matter who added it.
 */
const known = new Map<string, AvroSchema>();
let areReleasesKnown = false;

/**
 * From now on, bytes that were written with this schema can be read, whichever of the fingerprints
 * that libraries compute of it they carry.
 */
export function addWriterSchema(schema: AvroSchema): void {
  for (const fingerprint of fingerprintsOf(schema)) known.set(fingerprint, schema);
}

/** In hex, as it stands in bytes 2 to 9 of a message: of each `CanonicalStyle`. */
export function fingerprintsOf({ text }: Pick<AvroSchema, 'text'>): string[] {
  return canonicalStyles.map((style) => {
    return rabinFingerprint(canonicalForm(text, style)).toString('hex');
  });
}

/** The schema with that fingerprint (hex), if it is known. */
export function writerSchema(fingerprint: string): AvroSchema | undefined {
  if (!areReleasesKnown) {
    areReleasesKnown = true;
    for (const { schema } of releasedSchemas()) addWriterSchema(schema);
    for (const name of strictSchemas) addWriterSchema(loadAvroSchema(`strict/${name}`));
  }
  return known.get(fingerprint);
}
