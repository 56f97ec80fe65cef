import { type AvroSchema, loadAvroSchema } from '../avroSchema.ts';
import { releasedSchemas } from '../releasedSchemas.ts';
import type { Topic } from '../topics.ts';

/** What may stand in a topic: our schema, and those of releases that are written differently. */
export function ownSchemas(name: string): AvroSchema[] {
  const released = releasedSchemas(name).map(({ schema }) => schema);
  const own = [...released, loadAvroSchema(name)];
  const last = new Map(own.map((schema) => [schema.fingerprint.toString('hex'), schema]));
  return [...last.values()];
}

/** Topics whose values have a schema. */
export function topicsWithSchema(topics: Readonly<Record<string, Topic>>): Topic[] {
  return Object.values(topics).filter(({ schema }) => schema !== 'bytes');
}
