import { createConnection } from 'node:net';
import { givenSettings } from '../src/config/loadSettings.ts';
import { OperationalError, messageOf } from '../src/ops/errors.ts';
import type { SettingName } from '../src/config/settings.ts';
import type { ServerName } from './stackState.ts';

const patience = 5000;

/** A server whose address a person gave: never started, stopped or reset here. */
export interface ExternalServer {
  setting: SettingName;
  /** `host:port`; Kafka may have several, of which one has to answer. */
  addresses: string[];
}

export function externalServers(): Partial<Record<ServerName, ExternalServer>> {
  const given = givenSettings();
  const servers: Partial<Record<ServerName, ExternalServer>> = {};
  const { ONHAND_KAFKA_BROKERS: brokers, ONHAND_MYSQL_HOST: mysql } = given;
  if (brokers) {
    const addresses = brokers.split(',').map((address) => address.trim());
    servers.kafka = { setting: 'ONHAND_KAFKA_BROKERS', addresses };
  }
  if (mysql) {
    const address = `${mysql}:${given.ONHAND_MYSQL_PORT ?? 3306}`;
    servers.mysql = { setting: 'ONHAND_MYSQL_HOST', addresses: [address] };
  }
  if (given.ONHAND_REDIS_HOST) {
    const address = `${given.ONHAND_REDIS_HOST}:${given.ONHAND_REDIS_PORT ?? 6379}`;
    servers.redis = { setting: 'ONHAND_REDIS_HOST', addresses: [address] };
  }
  return servers;
}

/** Throws SERVER_UNREACHABLE if none of the addresses accepts a connection. */
export async function checkExternal(name: ServerName, server: ExternalServer): Promise<void> {
  try {
    await Promise.any(server.addresses.map(reach));
  } catch (error) {
    const where = server.addresses.join(', ');
    const message = `${name} at ${where} cannot be reached: ${messageOf(error)}`;
    const hint =
      `The address comes from ${server.setting}. ` + 'Without it `onhand stack up` starts one.';
    throw new OperationalError('SERVER_UNREACHABLE', message, { hint, cause: error });
  }
}

function reach(address: string): Promise<void> {
  const end = address.lastIndexOf(':');
  const host = address.slice(0, end).replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: Number(address.slice(end + 1)) });
    socket.setTimeout(patience, () => socket.destroy(new Error(`no answer in ${patience} ms`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
