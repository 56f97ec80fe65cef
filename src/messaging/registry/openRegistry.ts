import { RegistryClient, type RegistrySettings } from './registryClient.ts';
import { SchemaRegistry } from './schemaRegistry.ts';

/** The configured registry, for those who only read; undefined when none is configured. */
export function openRegistry(settings: RegistrySettings): SchemaRegistry | undefined {
  if (settings.ONHAND_SCHEMA_REGISTRY_URL === undefined) return undefined;
  return new SchemaRegistry(new RegistryClient(settings));
}
