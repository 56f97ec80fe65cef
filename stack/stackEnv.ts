import { rmSync } from 'node:fs';
import { stackEnvFile } from '../src/config/loadSettings.ts';
import { InvariantError } from '../src/ops/errors.ts';
import type { SettingName } from '../src/config/settings.ts';
import { type ServerName, type StackState, brokersOf } from './stackState.ts';
import { writePrivateFile } from './writePrivateFile.ts';

/** Leaves the addresses and passwords of these servers where `loadSettings` finds them. */
export function writeStackEnv(state: StackState, names: readonly ServerName[]): void {
  if (names.length === 0) return rmSync(stackEnvFile, { force: true });
  const values = names.flatMap((name) => Object.entries(settingsOf(name, state)));
  const head = '# Servers that `onhand stack up` started. Written anew by each `up`.\n';
  writePrivateFile(stackEnvFile, head + formatEnv(values));
}

/** Text that `util.parseEnv` reads back as these values. */
export function formatEnv(values: [name: string, value: string][]): string {
  return values.map(([name, value]) => `${name}=${quoted(name, value)}\n`).join('');
}

function quoted(name: string, value: string): string {
  // Between single quotes or back quotes nothing is special but the quote itself.
  const quote = ["'", '`'].find((sign) => !value.includes(sign));
  if (quote === undefined) throw new InvariantError(`${name} cannot be written to an env file`);
  return quote + value + quote;
}

function settingsOf(name: ServerName, state: StackState): Partial<Record<SettingName, string>> {
  const { ports, passwords, brokers } = state;
  switch (name) {
    case 'kafka': {
      const addresses = brokersOf(state).map((broker) => `127.0.0.1:${ports[broker]}`);
      return {
        ONHAND_KAFKA_BROKERS: addresses.join(','),
        ...(brokers > 1 && { ONHAND_REPLICATION_FACTOR: String(brokers) }),
      };
    }
    case 'kafka-2':
    case 'kafka-3':
      return {};
    case 'mysql':
      return {
        ONHAND_MYSQL_HOST: '127.0.0.1',
        ONHAND_MYSQL_PORT: String(ports.mysql),
        ONHAND_MYSQL_DATABASE: 'onhand',
        ONHAND_MYSQL_APP_USER: 'onhand_app',
        ONHAND_MYSQL_APP_PASSWORD: passwords.mysqlApp,
        ONHAND_MYSQL_MIGRATE_USER: 'onhand_migrate',
        ONHAND_MYSQL_MIGRATE_PASSWORD: passwords.mysqlMigrate,
        ONHAND_MYSQL_READ_USER: 'onhand_read',
        ONHAND_MYSQL_READ_PASSWORD: passwords.mysqlRead,
        ONHAND_MYSQL_OPERATOR_USER: 'onhand_operator',
        ONHAND_MYSQL_OPERATOR_PASSWORD: passwords.mysqlOperator,
      };
    case 'redis':
      return {
        ONHAND_REDIS_HOST: '127.0.0.1',
        ONHAND_REDIS_PORT: String(ports.redis),
        ONHAND_REDIS_PASSWORD: passwords.redis,
      };
  }
}
