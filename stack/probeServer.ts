import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import type { StackState, ServerName } from './stackState.ts';

const patience = 3000;

/**
 * Asks a server of the stack something that only a working one can answer, with its password, so
 * that another checkout's server on the same port is not taken for it. Answers the version where
 * the server tells it; throws what went wrong.
 */
export async function probeServer(
  name: ServerName,
  state: StackState,
): Promise<string | undefined> {
  switch (name) {
    case 'kafka':
    case 'kafka-2':
    case 'kafka-3':
      return probeKafka(state.ports[name], state.kafkaClusterId);
    case 'mysql':
      return probeMysql(state);
    case 'redis':
      return probeRedis(state);
  }
}

/** Throws unless the broker on this port is a working one of this cluster. */
export async function probeKafka(port: number, kafkaClusterId: string): Promise<undefined> {
  const admin = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    connectionTimeout: patience,
    requestTimeout: patience,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { clusterId, brokers } = await admin.describeCluster();
    if (clusterId !== kafkaClusterId) throw new Error(`another Kafka answers: ${clusterId}`);
    if (!brokers.some((broker) => broker.port === port)) throw new Error('the broker is not ready');
    return undefined;
  } finally {
    await admin.disconnect();
  }
}

async function probeMysql({ ports, passwords }: StackState): Promise<string> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: ports.mysql,
    user: 'root',
    password: passwords.mysqlRoot,
    connectTimeout: patience,
  });
  const [rows] = await connection.query('SELECT VERSION() AS version');
  await connection.end();
  return (rows as { version: string }[])[0]?.version.replace(/-.*/, '') ?? '';
}

async function probeRedis({ ports, passwords }: StackState): Promise<string> {
  const redis = new Redis({
    host: '127.0.0.1',
    port: ports.redis,
    password: passwords.redis,
    lazyConnect: true,
    connectTimeout: patience,
    commandTimeout: patience,
    retryStrategy: () => null,
  });
  // The failed call itself says what went wrong.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const info = await redis.info('server');
    return /redis_version:(\S+)/.exec(info)?.[1] ?? '';
  } finally {
    redis.disconnect();
  }
}
