import { Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { fileOf, secretOf } from '../config/secretFiles.ts';
import type { SettingName, Settings } from '../config/settings.ts';
import { OperationalError } from '../ops/errors.ts';
import type { Logger } from '../ops/logger.ts';
import { inflatedLimit } from './batches/inflatedLimit.ts';
import { mendKafkajs } from './kafkajsMends.ts';
import { kafkaLog, kafkaLogLevel } from './kafkaLog.ts';

// When it is loaded, so that clients which programs make for transactions of their own are mended.
mendKafkajs();

/** The settings that say where Kafka is and who we are. */
export type KafkaSettings = Pick<Settings, Extract<SettingName, `ONHAND_KAFKA_${string}`>>;

/** How long to wait for Kafka, in milliseconds, and how often to try. */
type Patience = Required<Pick<KafkaConfig, 'connectionTimeout' | 'requestTimeout' | 'retry'>>;

/**
 * For processes that live on: some 20 s of tries, longer than the 9 s that a cluster waits for a
 * broker that is gone (broker.session.timeout.ms) and the elections after that. A request is given
 * up a little later than those 9 s: a broker that stands still has lost its partitions by then, yet
 * keeps its connections, and each request to it would cost its lane the whole time.
 */
const lasting: Patience = {
  connectionTimeout: 3000,
  requestTimeout: 12_000,
  retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 24 },
};

/**
 * A kafkajs client for exactly one consumer, producer or admin: those of one `Kafka` object share
 * a cache of committed offsets and wipe each other's entries. Opens no connection yet. Throws
 * CONFIG_INVALID when the certificate authority cannot be read or SASL is half configured.
 */
export function createKafka(
  settings: KafkaSettings,
  clientId: string,
  logger: Logger,
  patience: Partial<Patience> = {},
): Kafka {
  inflatedLimit.bytesMax = settings.ONHAND_KAFKA_INFLATED_BYTES_MAX;
  const config: KafkaConfig = {
    clientId,
    brokers: brokerList(settings),
    ssl: tlsOptions(settings),
    ...lasting,
    ...patience,
    logLevel: kafkaLogLevel(logger),
    logCreator: kafkaLog(logger),
  };
  const sasl = saslOptions(settings);
  return new Kafka(sasl ? { ...config, sasl } : config);
}

/** The brokers of ONHAND_KAFKA_BROKERS, blanks removed. */
export function brokerList(settings: Pick<Settings, 'ONHAND_KAFKA_BROKERS'>): string[] {
  return settings.ONHAND_KAFKA_BROKERS.split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
}

/** As SASL's password, the authority is asked for at every connection: it may have been renewed. */
function tlsOptions(settings: KafkaSettings): { readonly ca?: string } | false {
  if (!settings.ONHAND_KAFKA_SSL) return false;
  const file = settings.ONHAND_KAFKA_SSL_CA_FILE;
  if (file === undefined) return {};
  const read = () => fileOf('ONHAND_KAFKA_SSL_CA_FILE', file);
  read();
  return {
    get ca() {
      return read();
    },
  };
}

function saslOptions(settings: KafkaSettings): SASLOptions | undefined {
  const mechanism = settings.ONHAND_KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) return undefined;
  const username = settings.ONHAND_KAFKA_SASL_USERNAME;
  const password = secretOf(settings, 'ONHAND_KAFKA_SASL_PASSWORD');
  if (username === undefined || password === undefined) {
    const missing = username === undefined ? 'USERNAME' : 'PASSWORD';
    throw new OperationalError(
      'CONFIG_INVALID',
      `ONHAND_KAFKA_SASL_MECHANISM is set, ONHAND_KAFKA_SASL_${missing} is not`,
    );
  }
  return {
    mechanism,
    username,
    get password() {
      return secretOf(settings, 'ONHAND_KAFKA_SASL_PASSWORD') ?? password;
    },
  };
}
