import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type ClientSettings, clientSettingNames, parseClientSettings } from './clientSettings.ts';
import { invalidSettings } from './invalidSettings.ts';
import { packageRoot } from './packageRoot.ts';
import { fileOf } from './secretFiles.ts';
import {
  type SecretFiles,
  type SettingName,
  type Settings,
  isSecret,
  settingNames,
  settings,
} from './settings.ts';

/** Where a setting's value came from. Earlier sources win over later ones. */
export type SettingSource = 'environment' | '.env' | 'stack' | 'default';

export interface LoadedSettings {
  values: Settings;
  sources: Record<SettingName, SettingSource>;
}

/** A value, and the file that it was read from, if so. */
interface Found {
  source: SettingSource;
  value: string;
  file?: string;
}

type Layer = [source: SettingSource, values: Record<string, string | undefined>];

/** The file in which `onhand stack up` leaves the addresses and passwords of its servers. */
export const stackEnvFile = join(packageRoot, '.onhand', 'stack.env');

/**
 * Settings from the environment, then `.env` in the working folder, then the servers that
 * `onhand stack up` started. Throws CONFIG_INVALID naming every wrong or missing setting at once;
 * a secret's value is never part of the message.
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): LoadedSettings {
  const { given, sources, files } = collected(settingNames, allLayers(env));
  const parsed = settings.safeParse(given);
  if (!parsed.success) throw invalidSettings(parsed.error.issues);
  return { values: { ...parsed.data, ...files }, sources };
}

/**
 * The settings of a program that sends to onhand or reads from it, from the same sources: it needs
 * no MySQL. Throws CONFIG_INVALID like `loadSettings`.
 */
export function loadClientSettings(env: NodeJS.ProcessEnv = process.env): ClientSettings {
  const { given, files } = collected(clientSettingNames, allLayers(env));
  return { ...parseClientSettings(given), ...files };
}

/** Addresses that a person gave, as opposed to those of a stack that onhand started itself. */
export function givenSettings(
  env: NodeJS.ProcessEnv = process.env,
): Partial<Record<SettingName, string>> {
  const layers = givenLayers(env);
  const given: Partial<Record<SettingName, string>> = {};
  for (const name of settingNames) {
    const found = lookUp(name, layers);
    if (found) given[name] = found.value;
  }
  return given;
}

/** What is written for these settings, where, and which secrets are in files. */
function collected(names: readonly SettingName[], layers: Layer[]) {
  const given: Partial<Record<SettingName, string>> = {};
  const sources = {} as Record<SettingName, SettingSource>;
  const files: SecretFiles = {};
  for (const name of names) {
    const found = lookUp(name, layers);
    sources[name] = found?.source ?? 'default';
    if (found) given[name] = found.value;
    if (found?.file !== undefined && isSecret(name)) files[`${name}_FILE`] = found.file;
  }
  return { given, sources, files };
}

function allLayers(env: NodeJS.ProcessEnv): Layer[] {
  const layers = givenLayers(env);
  return [...layers, ['stack', withoutGivenServers(readEnvFile(stackEnvFile), layers)]];
}

function givenLayers(env: NodeJS.ProcessEnv): Layer[] {
  return [
    ['environment', env],
    ['.env', readEnvFile(join(process.cwd(), '.env'))],
  ];
}

/** A server that a person named must not be mixed with port and passwords of the stack's own. */
function withoutGivenServers(stack: Layer[1], given: Layer[]): Layer[1] {
  const addresses: SettingName[] = [
    'ONHAND_KAFKA_BROKERS',
    'ONHAND_MYSQL_HOST',
    'ONHAND_REDIS_HOST',
  ];
  const foreign = addresses
    .filter((name) => lookUp(name, given))
    .map((name) => name.slice(0, name.lastIndexOf('_') + 1));
  const kept = Object.entries(stack).filter(
    ([name]) => !foreign.some((prefix) => name.startsWith(prefix)),
  );
  return Object.fromEntries(kept);
}

function lookUp(name: SettingName, layers: Layer[]): Found | undefined {
  for (const [source, values] of layers) {
    const value = values[name];
    if (value !== undefined && value !== '') return { source, value };
    const file = isSecret(name) ? values[`${name}_FILE`] : undefined;
    if (file) return { source, value: fileOf(`${name}_FILE`, file), file };
  }
  return undefined;
}

function readEnvFile(file: string): Record<string, string | undefined> {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
