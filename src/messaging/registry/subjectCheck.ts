import { OperationalError } from '../../ops/errors.ts';
import { type AvroSchema, loadAvroSchema } from '../avroSchema.ts';
import { whyUnreadable } from '../schemaReader.ts';
import type { Topic } from '../topics.ts';
import { ownSchemas } from './ownSchemas.ts';
import { registeredAvroSchema } from './registeredAvroSchema.ts';
import type { RegistryClient } from './registryClient.ts';

/** A version of a subject, with the Avro schema in it. */
export interface RegisteredSchema {
  version: number;
  id: number;
  schema: AvroSchema;
}

/** What a registry holds for the values of one topic, compared with our schema. */
export interface SubjectState {
  topic: string;
  subject: string;
  schema: AvroSchema;
  registered: RegisteredSchema[];
  status: 'registered' | 'missing' | 'incompatible';
  /** What is wrong; empty when nothing is. */
  detail: string;
}

/** The name under which a topic's values are registered (Confluent's TopicNameStrategy). */
export function subjectOf(topic: string): string {
  return `${topic}-value`;
}

/**
 * Looks up the subjects of topics, changes nothing. A subject is in order when all of our schemas
 * are registered, and ours can read what is written with any of its versions.
 */
export async function checkSubjects(
  client: RegistryClient,
  topics: readonly Topic[],
): Promise<SubjectState[]> {
  return Promise.all(topics.map((topic) => checkSubject(client, topic)));
}

async function checkSubject(client: RegistryClient, topic: Topic): Promise<SubjectState> {
  const subject = subjectOf(topic.name);
  const schema = loadAvroSchema(topic.schema);
  const registered: RegisteredSchema[] = [];
  const found = { topic: topic.name, subject, schema, registered };
  const incompatible = (detail: string) => ({ ...found, status: 'incompatible' as const, detail });
  for (const version of await client.versions(subject)) {
    const given = await client.version(subject, version);
    if (!given) continue;
    const theirs = registeredAvroSchema(given);
    if (typeof theirs === 'string') return incompatible(`version ${version} ${theirs}`);
    const reason = whyUnreadable(schema, theirs);
    if (reason) return incompatible(`version ${version} cannot be read: ${reason}`);
    registered.push({ version, id: given.id, schema: theirs });
  }
  const missing = ownSchemas(topic.schema).filter(({ fingerprint }) => {
    return registered.every((one) => !one.schema.fingerprint.equals(fingerprint));
  });
  for (const one of missing) {
    const reason = await client.whyIncompatible(subject, one.text);
    if (reason) return incompatible(`the registry would refuse ours: ${reason}`);
  }
  if (missing.length === 0) return { ...found, status: 'registered', detail: '' };
  const others = registered.length === 0 ? 'nothing is' : 'only other versions are';
  return { ...found, status: 'missing', detail: `${others} registered` };
}

/** Throws SCHEMA_INCOMPATIBLE or SCHEMA_NOT_REGISTERED unless all subjects are in order. */
export function requireSubjects(states: readonly SubjectState[]): void {
  const wrong = states.filter(({ status }) => status !== 'registered');
  if (wrong.length === 0) return;
  const lines = wrong.map(({ subject, detail }) => `${subject}: ${detail}`);
  const message = lines.length === 1 ? lines.join() : lines.map((line) => `\n  ${line}`).join('');
  if (wrong.some(({ status }) => status === 'incompatible')) {
    throw new OperationalError('SCHEMA_INCOMPATIBLE', message, {
      hint: 'A newer onhand or another program registered it: see `onhand schemas list`.',
    });
  }
  throw new OperationalError('SCHEMA_NOT_REGISTERED', message, {
    hint: 'Run `onhand schemas register`.',
  });
}
