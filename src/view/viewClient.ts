import { Cluster, Redis, ReplyError } from 'ioredis';
import { secretOf } from '../config/secretFiles.ts';
import type { SettingName, Settings } from '../config/settings.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';
import { viewScripts } from './viewScripts.ts';

/** The settings that say where Redis is. */
export type RedisSettings = Pick<Settings, Extract<SettingName, `ONHAND_REDIS_${string}`>>;

/** How long Redis may take to answer. Nobody waits for a view that is not there. */
const patienceMs = 500;
const reconnectMsMax = 1000;

/** Answers of a server that is not the one to ask any more: a new connection mends them. */
const misled = /^(READONLY|MASTERDOWN|LOADING|NOAUTH|WRONGPASS)\b/;
/** A pause between such connections: the new one may lead to the same server. */
const redialMsMin = 1000;

type Args = (string | number | Buffer)[];

/** A connection to Redis with the scripts of the view as commands. */
export type ViewClient = (Redis | Cluster) & {
  /** For scripts of any number of keys that number comes first. */
  setLevels(keys: number, ...keysAndArgs: Args): Promise<number>;
  setOutcomes(keys: number, ...keysAndArgs: Args): Promise<null>;
  dropLevels(keys: number, ...keysAndArgs: Args): Promise<null>;
  replaceNote(key: string, ...args: Args): Promise<0 | 1>;
  mendLevel(key: string, ...args: Args): Promise<0 | 1>;
};

/**
 * A client that connects by itself, again and again, with the password as it is then, also where
 * the server that it has is not the one to ask any more (a primary that became a replica). A
 * command fails at once while there is no connection, and after 500 ms without an answer; none is
 * sent a second time. Whoever opened it ends it with `disconnect()`.
 */
export function openViewClient(settings: RedisSettings): ViewClient {
  const { ONHAND_REDIS_HOST: host, ONHAND_REDIS_PORT: port } = settings;
  const common = { enableOfflineQueue: false, scripts: viewScripts };
  const retryStrategy = (times: number) => Math.min(50 * times, reconnectMsMax);
  const node = {
    ...(settings.ONHAND_REDIS_PASSWORD && { password: settings.ONHAND_REDIS_PASSWORD }),
    ...(settings.ONHAND_REDIS_TLS && { tls: {} }),
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: redials(),
  };
  const password = () => secretOf(settings, 'ONHAND_REDIS_PASSWORD');
  const client = settings.ONHAND_REDIS_CLUSTER
    ? new Cluster([{ host, port }], {
        ...common,
        redisOptions: node,
        clusterRetryStrategy: retryStrategy,
      })
    : new Redis({
        ...common,
        ...node,
        host,
        port,
        retryStrategy,
        // What the lanes ask in one turn goes out as one packet: by themselves these were most of a
        // busy processor's writes. Not in a cluster, where a script's first argument, the number of
        // its keys, would be taken for the key.
        enableAutoPipelining: true,
      });
  // Commands fail with what is wrong; without a listener the event would be printed.
  client.on('error', () => undefined);
  if (client instanceof Redis) askForPassword(client, password);
  else client.on('+node', (one: Redis) => askForPassword(one, password));
  return client as ViewClient;
}

/** The driver looks at this option for every connection. */
function askForPassword({ options }: Redis, password: () => string | undefined): void {
  Object.defineProperty(options, 'password', { get: password, enumerable: true });
}

function redials(): (error: Error) => 1 | false {
  let lastAt = -Infinity;
  return ({ message }) => {
    const now = performance.now();
    if (!misled.test(message) || now - lastAt < redialMsMin) return false;
    lastAt = now;
    return 1;
  };
}

/**
 * Asks whether Redis answers. A replica that is read from refuses nothing: it may have been the
 * primary, and gets old, so that a new connection is made. Throws what the client throws.
 */
export async function askRedis(client: ViewClient): Promise<void> {
  if (client instanceof Cluster) return void (await client.ping());
  const [role] = await client.role().catch(async (error: unknown) => {
    if (!messageOf(error).startsWith('NOPERM')) throw error;
    // Not allowed to ask this, and so not told.
    await client.ping();
    return [];
  });
  if (role !== 'slave') return;
  client.disconnect(true);
  throw new Error('READONLY the connection leads to a replica');
}

/**
 * A client whose connection stands, for a task that is nothing without it. Throws
 * REDIS_UNREACHABLE or REDIS_AUTH_FAILED.
 */
export async function connectViewClient(settings: RedisSettings): Promise<ViewClient> {
  const client = openViewClient(settings);
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
    });
    return client;
  } catch (error) {
    client.disconnect();
    throw toViewError(error, settings);
  }
}

/** The client's own words for a Redis that is away. */
const away =
  /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retr)/;

/** Whether an error came from Redis, or from the client that could not reach it. */
export function isViewError(error: unknown): boolean {
  return error instanceof ReplyError || away.test(messageOf(error));
}

/** What a failed connection or command means to an operator. */
export function toViewError(error: unknown, settings: RedisSettings): OperationalError {
  const message = messageOf(error);
  if (/^(WRONGPASS|NOAUTH|NOPERM)\b/.test(message)) {
    return new OperationalError('REDIS_AUTH_FAILED', message, {
      hint: 'Check ONHAND_REDIS_PASSWORD (`onhand config show`).',
    });
  }
  const address = `${settings.ONHAND_REDIS_HOST}:${settings.ONHAND_REDIS_PORT}`;
  return new OperationalError('REDIS_UNREACHABLE', `no answer of Redis at ${address}: ${message}`, {
    hint: 'Start it (`onhand stack up` for a local one) or set ONHAND_REDIS_HOST and _PORT.',
  });
}
