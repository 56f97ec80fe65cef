import { z } from 'zod';
import { OperationalError } from '../ops/errors.ts';
import { invalidSettings } from './invalidSettings.ts';
import { type SecretFiles, type SettingName, type Settings, settings } from './settings.ts';

/** What senders and readers use: where Kafka, registry and mailbox are, how topics are named. */
type ClientSettingName =
  | Extract<SettingName, `ONHAND_${'KAFKA' | 'SCHEMA_REGISTRY' | 'REDIS'}_${string}`>
  | 'ONHAND_TOPIC_PREFIX'
  | 'ONHAND_PARTITIONS'
  | 'ONHAND_SESSION_TIMEOUT_SECONDS';

/** Settings of a program that sends to onhand or reads from it; a processor's will do, too. */
export type ClientSettings = Pick<Settings, ClientSettingName> & SecretFiles;

const pattern =
  /^ONHAND_((KAFKA|SCHEMA_REGISTRY|REDIS)_.*|TOPIC_PREFIX|PARTITIONS|SESSION_TIMEOUT_SECONDS)$/;

export const clientSettingNames = Object.keys(settings.shape).filter((name) =>
  pattern.test(name),
) as ClientSettingName[];

const schema = z.object(
  Object.fromEntries(clientSettingNames.map((name) => [name, settings.shape[name]])),
);

/** What is written in an environment, typed, with defaults. Throws CONFIG_INVALID. */
export function parseClientSettings(
  given: Partial<Record<ClientSettingName, string>>,
): ClientSettings {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw invalidSettings(parsed.error.issues);
  return parsed.data as ClientSettings;
}

/**
 * Client settings made by hand, for programs that keep their own configuration: what is not given
 * has its default. Throws CONFIG_INVALID naming every wrong, missing or unknown setting.
 */
export function clientSettings(
  given: Pick<ClientSettings, 'ONHAND_KAFKA_BROKERS'> & Partial<ClientSettings>,
): ClientSettings {
  const names: readonly string[] = clientSettingNames;
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new OperationalError('CONFIG_INVALID', `no setting of a client: ${unknown.join(', ')}`, {
      hint: `There are ${clientSettingNames.join(', ')}.`,
    });
  }
  const texts = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)]);
  return parseClientSettings(Object.fromEntries(texts));
}
