import type { Topic } from '../topics.ts';
import { topicsWithSchema } from './ownSchemas.ts';
import { RegistryClient, type RegistrySettings } from './registryClient.ts';
import { SchemaRegistry } from './schemaRegistry.ts';
import { checkSubjects, requireSubjects } from './subjectCheck.ts';

/**
 * The configured registry, for those who write to these topics, or undefined when none is
 * configured: then nothing is framed for one. Checks the topics' subjects first: throws
 * SCHEMA_NOT_REGISTERED, SCHEMA_INCOMPATIBLE or the errors of `RegistryClient`.
 */
export async function prepareRegistry(
  settings: RegistrySettings,
  topics: Readonly<Record<string, Topic>>,
): Promise<SchemaRegistry | undefined> {
  if (settings.ONHAND_SCHEMA_REGISTRY_URL === undefined) return undefined;
  const client = new RegistryClient(settings);
  const states = await checkSubjects(client, topicsWithSchema(topics));
  requireSubjects(states);
  const registry = new SchemaRegistry(client);
  for (const { registered } of states) {
    for (const { id, schema } of registered) registry.add(id, schema);
  }
  return registry;
}
