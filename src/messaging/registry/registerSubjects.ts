import type { Topic } from '../topics.ts';
import { ownSchemas } from './ownSchemas.ts';
import type { RegistryClient } from './registryClient.ts';
import { subjectOf } from './subjectCheck.ts';

/** Registers all of our schemas, the oldest first; what is registered stays as it is. */
export async function registerSubjects(
  client: RegistryClient,
  topics: readonly Topic[],
): Promise<void> {
  for (const { name, schema } of topics) {
    for (const { text } of ownSchemas(schema)) await client.register(subjectOf(name), text);
  }
}
