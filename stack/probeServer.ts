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
      return probeKafka(state);
    case 'mysql':
      return probeMysql(state);
    case 'redis':
      return probeRedis(state);
  }
}

async function probeKafka({ ports, kafkaClusterId }: StackState): Promise<undefined> {
  const admin = new Kafka({
    brokers: [`127.0.0.1:${ports.kafka}`],
    connectionTimeout: patience,
    requestTimeout: patience,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { clusterId, brokers } = await admin.describeCluster();
    if (clusterId !== kafkaClusterId) throw new Error(`another Kafka answers: ${clusterId}`);
    if (brokers.length === 0) throw new Error('no broker is ready');
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
