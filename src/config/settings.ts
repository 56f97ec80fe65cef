import { z } from 'zod';
import { brokersFault, hostFault } from './addresses.ts';

/** How the settings of one kind are written: text in the environment, checked and typed here. */
const port = (fallback: number) => z.coerce.number().int().min(1).max(65535).default(fallback);
const count = (fallback: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback);
const flag = () => z.stringbool().default(false);
const text = () => z.string().min(1);
const secret = () => z.string().meta({ secret: true });
const address = (faultOf: (text: string) => string | undefined) =>
  text().check(({ value, issues }) => {
    const message = faultOf(value);
    if (message !== undefined) issues.push({ code: 'custom', input: value, message });
  });
const host = () => address(hostFault);
const user = (fallback: string) => text().max(32).default(fallback);

/** Deadlines of orders and of their reservations go by the clocks of different partitions. */
const clockDifferenceSecondsMax = 60;

/**
 * Every setting of onhand, by its environment variable. The description is the one that
 * `onhand config show`, `--help` and the README print. A secret can also be given as NAME_FILE:
 * the path of a file that holds it, read anew for every connection (`secretOf`).
 */
export const settings = z
  .object({
    ONHAND_KAFKA_BROKERS: address(brokersFault).describe(
      'Kafka brokers, host:port, separated by commas',
    ),
    ONHAND_KAFKA_SSL: flag().describe('TLS to Kafka, host name checked'),
    ONHAND_KAFKA_SSL_CA_FILE: text()
      .optional()
      .describe('certificate authority for Kafka (PEM file)'),
    ONHAND_KAFKA_SASL_MECHANISM: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
      .optional()
      .describe('SASL mechanism; none when unset'),
    ONHAND_KAFKA_SASL_USERNAME: text().optional().describe('SASL user'),
    ONHAND_KAFKA_SASL_PASSWORD: secret().optional().describe('SASL password'),
    ONHAND_KAFKA_INFLATED_BYTES_MAX: z.coerce
      .number()
      .int()
      .min(65_536)
      .max(268_435_456)
      .default(16_777_216)
      .describe(
        'bytes that a compressed batch may inflate to, each record counted with 128 more; what ' +
          'is beyond becomes a dead letter. The same in all processes of an installation',
      ),

    ONHAND_SCHEMA_REGISTRY_URL: z
      .url({ protocol: /^https?$/ })
      .refine(
        (url) => !URL.canParse(url) || !new URL(url).username,
        'no user in the address: it has its own setting',
      )
      .optional()
      .describe('schema registry with Confluent’s interface; none when unset'),
    ONHAND_SCHEMA_REGISTRY_USER: text().optional().describe('user of the schema registry'),
    ONHAND_SCHEMA_REGISTRY_PASSWORD: secret().optional().describe('its password'),

    ONHAND_MYSQL_HOST: host().describe('MySQL host'),
    ONHAND_MYSQL_PORT: port(3306).describe('MySQL port'),
    ONHAND_MYSQL_DATABASE: z
      .string()
      .regex(/^\w{1,64}$/, 'letters, digits and _ only')
      .default('onhand')
      .describe('database that holds the stock'),
    ONHAND_MYSQL_SSL: flag().describe('TLS to MySQL, certificate checked'),
    ONHAND_MYSQL_SSL_CA_FILE: text()
      .optional()
      .describe('certificate authority for MySQL (PEM file)'),
    ONHAND_MYSQL_APP_USER: user('onhand_app').describe('user of the processor (DML only)'),
    ONHAND_MYSQL_APP_PASSWORD: secret().default('').describe('its password'),
    ONHAND_MYSQL_MIGRATE_USER: user('onhand_migrate').describe('user of migrations (DDL)'),
    ONHAND_MYSQL_MIGRATE_PASSWORD: secret().default('').describe('its password'),
    ONHAND_MYSQL_READ_USER: user('onhand_read').describe('user of reports and checks (read only)'),
    ONHAND_MYSQL_READ_PASSWORD: secret().default('').describe('its password'),
    ONHAND_MYSQL_OPERATOR_USER: user('onhand_operator').describe(
      'user of commands that mend or delete (DML, temporary tables)',
    ),
    ONHAND_MYSQL_OPERATOR_PASSWORD: secret().default('').describe('its password'),

    ONHAND_REDIS_HOST: host().default('127.0.0.1').describe('Redis host'),
    ONHAND_REDIS_PORT: port(6379).describe('Redis port'),
    ONHAND_REDIS_PASSWORD: secret().optional().describe('Redis password'),
    ONHAND_REDIS_TLS: flag().describe('TLS to Redis, certificate checked'),
    ONHAND_REDIS_CLUSTER: flag().describe('Redis is a cluster; host and port name any node of it'),
    ONHAND_VIEW: z
      .stringbool()
      .default(true)
      .describe('keep levels and outcomes in Redis for readers'),
    ONHAND_OUTCOME_TTL_SECONDS: z.coerce
      .number()
      .int()
      .min(0)
      .max(86_400)
      .default(600)
      .describe(
        'how long an outcome asked for by onhand-mailbox stays in Redis, in seconds; 0: not at all',
      ),

    ONHAND_TOPIC_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9._-]{0,100}$/, 'letters, digits, . _ - only')
      .default('')
      .describe('put before every topic name, group and transactional id'),
    ONHAND_PARTITIONS: count(12, 1000).describe('partitions of every topic; fixed for life'),
    ONHAND_REPLICATION_FACTOR: z.coerce
      .number()
      .int()
      .min(1)
      .max(9)
      .optional()
      .describe(
        'copies of every topic that `topics ensure` makes; when unset 3, or as many as there are ' +
          'brokers',
      ),

    ONHAND_SLICE_COMMANDS_MAX: count(2000, 10_000).describe('commands in one transaction at most'),
    ONHAND_SLICE_BYTES_MAX: count(1_048_576, 16_777_216).describe(
      'bytes of commands in one transaction at most',
    ),
    ONHAND_SLICES_AT_ONCE: count(4, 100).describe(
      'transactions that a process has open at once; what comes meanwhile goes together then',
    ),
    ONHAND_SESSION_TIMEOUT_SECONDS: count(10, 300).describe(
      'how long a worker may be silent before its lanes go to others, in seconds',
    ),
    ONHAND_OPEN_TRANSACTION_SECONDS: count(10, 3600).describe(
      'how long an open transaction may hold up a lane before that is a condition, in seconds',
    ),
    ONHAND_STALLED_SECONDS: count(30, 3600).describe(
      'how long a lane may try one slice again and again, or leave what it has decided ' +
        'unpublished, before that is a condition, in seconds',
    ),
    ONHAND_RESERVATION_TTL_SECONDS: count(1800, 31_536_000).describe(
      'life of a reservation that names none, in seconds',
    ),
    ONHAND_RESERVATION_TTL_SECONDS_MAX: count(2_592_000, 31_536_000).describe(
      'longest life that a reservation may have from its start, extensions included, in seconds',
    ),
    ONHAND_PAYMENT_TTL_SECONDS: count(1800, 31_536_000).describe(
      'time to pay of an order that names none, in seconds',
    ),
    ONHAND_PAYMENT_TTL_SECONDS_MAX: count(604_800, 31_536_000).describe(
      'longest time to pay that an order may ask for, in seconds',
    ),
    ONHAND_PAYMENT_GRACE_SECONDS: count(3600, 31_536_000).describe(
      'how long the reservations of an order outlive its time to pay, in seconds: they expire by ' +
        'themselves only when the order engine stands still for so long',
    ),
    ONHAND_UNDATED_RECORDS: z
      .enum(['hold', 'dead-letter'])
      .default('hold')
      .describe('records without the broker’s time: `hold` their lane, or make them dead letters'),
    ONHAND_COMMAND_MEMORY_HOURS: count(168, 8760).describe(
      'how long command ids are remembered, in hours of log time',
    ),

    ONHAND_HTTP_HOST: host()
      .default('127.0.0.1')
      .describe('address at which health, metrics and the read API are served'),
    ONHAND_HTTP_PORT: z.coerce
      .number()
      .int()
      .min(0)
      .max(65535)
      .default(0)
      .describe('its port; 0: any free one, which the log names'),
    ONHAND_HTTP_TOKEN: secret()
      .optional()
      .describe('bearer token that every request but /health must carry; none when unset'),

    ONHAND_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('least severe level that is logged'),
  })
  .refine(
    (values) => values.ONHAND_RESERVATION_TTL_SECONDS <= values.ONHAND_RESERVATION_TTL_SECONDS_MAX,
    {
      path: ['ONHAND_RESERVATION_TTL_SECONDS'],
      error: 'must not be longer than ONHAND_RESERVATION_TTL_SECONDS_MAX',
    },
  )
  .refine((values) => values.ONHAND_PAYMENT_TTL_SECONDS <= values.ONHAND_PAYMENT_TTL_SECONDS_MAX, {
    path: ['ONHAND_PAYMENT_TTL_SECONDS'],
    error: 'must not be longer than ONHAND_PAYMENT_TTL_SECONDS_MAX',
  })
  .refine(
    (values) =>
      values.ONHAND_PAYMENT_TTL_SECONDS_MAX +
        values.ONHAND_PAYMENT_GRACE_SECONDS +
        clockDifferenceSecondsMax <=
      values.ONHAND_RESERVATION_TTL_SECONDS_MAX,
    {
      path: ['ONHAND_PAYMENT_TTL_SECONDS_MAX'],
      error:
        'must, with ONHAND_PAYMENT_GRACE_SECONDS and a minute for clocks that differ, not be ' +
        'longer than ONHAND_RESERVATION_TTL_SECONDS_MAX: an order would outlive its reservations',
    },
  );

export type SettingName = keyof typeof settings.shape;
export type SecretName = Extract<SettingName, `${string}_PASSWORD` | `${string}_TOKEN`>;
/** Where secrets came from that were given as NAME_FILE. */
export type SecretFiles = Partial<Record<`${SecretName}_FILE`, string>>;
export type Settings = z.infer<typeof settings> & SecretFiles;
export const settingNames = Object.keys(settings.shape) as SettingName[];

export function isSecret(name: SettingName): name is SecretName {
  let schema: z.ZodType = settings.shape[name];
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    if (schema.meta()?.secret === true) return true;
    schema = schema.unwrap() as z.ZodType;
  }
  return schema.meta()?.secret === true;
}

export function descriptionOf(name: SettingName): string {
  return settings.shape[name].description ?? '';
}
