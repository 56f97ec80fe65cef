import type { ErrorCode } from '../ops/errorCodes.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';
import type { Settings } from '../config/settings.ts';

type BrokerSettings = Pick<Settings, 'ONHAND_KAFKA_BROKERS'>;

/** What kafkajs' errors carry; each of the fields is there on some of them only. */
interface KafkaError extends Error {
  type?: string;
  code?: string | number;
  cause?: unknown;
  errors?: unknown[];
}

/**
 * The error that an operator can act on, for whatever kafkajs threw: KAFKA_UNREACHABLE,
 * KAFKA_TLS_FAILED, KAFKA_AUTH_FAILED, KAFKA_FORBIDDEN, TOPIC_MISSING, or KAFKA_FAILED with the
 * broker's words. Errors that are not kafkajs' (an OperationalError, a bug) come back as they are.
 */
export function toOperationalError(error: unknown, settings: BrokerSettings): unknown {
  if (!(error instanceof Error) || !isKafkaError(error)) return error;
  const cause = rootOf(error);
  const message = messageOf(cause);
  const { code, text, hint } = explain(cause, message);
  const brokers = settings.ONHAND_KAFKA_BROKERS;
  return new OperationalError(code, `${text} (brokers ${brokers}): ${message}`, {
    hint,
    cause: error,
  });
}

/** What no further try will mend, unlike a broker that is away: missing rights and topics. */
const lasting = new Set<ErrorCode>([
  'CONFIG_INVALID',
  'GROUP_SHARED',
  'KAFKA_FORBIDDEN',
  'KAFKA_TOO_OLD',
  'TOPIC_MISSING',
]);

/** Whether it is of no use to try again: also after a bug, here or in what a caller gave us. */
export function cannotPass(error: unknown, settings: BrokerSettings): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const known = toOperationalError(error, settings);
  return known instanceof OperationalError && lasting.has(known.code);
}

function isKafkaError(error: Error): boolean {
  return error.name.startsWith('KafkaJS') || error.message === notConnected;
}

/** kafkajs throws this plain error when the connection stood but the first answer never came. */
const notConnected = 'Broker not connected';

/** Whether a broker, or its topic, takes nothing so large. */
export function isRefusedForSize(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { type } = rootOf(error);
  return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
}

/** kafkajs wraps what happened in "retries exceeded", "not retriable" and lists of errors. */
function rootOf(error: KafkaError): KafkaError {
  const inner = error.cause ?? error.errors?.[0];
  return inner instanceof Error ? rootOf(inner) : error;
}

const saslFailures = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  // What a listener says that knows no SASL.
  'ILLEGAL_SASL_STATE',
]);

interface Explanation {
  code: ErrorCode;
  text: string;
  hint: string;
}

function explain(error: KafkaError, message: string): Explanation {
  const type = error.type ?? '';
  if (error.name === 'KafkaJSSASLAuthenticationError' || saslFailures.has(type)) {
    return {
      code: 'KAFKA_AUTH_FAILED',
      text: 'Kafka refused the credentials',
      hint: 'Check ONHAND_KAFKA_SASL_MECHANISM (unset for a broker without), _USERNAME, _PASSWORD.',
    };
  }
  if (isTlsFailure(error, message)) {
    return {
      code: 'KAFKA_TLS_FAILED',
      text: 'No TLS connection to Kafka',
      hint: 'Check ONHAND_KAFKA_SSL, ONHAND_KAFKA_SSL_CA_FILE and the names in the certificate.',
    };
  }
  if (type.endsWith('AUTHORIZATION_FAILED')) {
    return {
      code: 'KAFKA_FORBIDDEN',
      text: `Kafka does not allow this${refusedResources[type] ?? ''}`,
      hint: 'Give the SASL user what the README lists under "Rights on Kafka".',
    };
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return {
      code: 'TOPIC_MISSING',
      text: 'A topic is missing in Kafka',
      hint: 'See which with `onhand topics check`, create it with `onhand topics ensure`.',
    };
  }
  if (unreachable.has(error.name) || message === notConnected) {
    return {
      code: 'KAFKA_UNREACHABLE',
      text: 'Kafka does not answer',
      hint:
        'Check ONHAND_KAFKA_BROKERS and that the broker runs. One that closes the connection ' +
        'may want TLS (ONHAND_KAFKA_SSL) or credentials (ONHAND_KAFKA_SASL_MECHANISM).' +
        (error.name === 'KafkaJSGroupCoordinatorNotFound' ? ` ${coordinatorHint}` : ''),
    };
  }
  return { code: 'KAFKA_FAILED', text: 'Kafka failed', hint: 'The broker log may say more.' };
}

/** What the broker says by the kind of its refusal; it names neither resource nor operation. */
const refusedResources: Record<string, string> = {
  TOPIC_AUTHORIZATION_FAILED: ', a right on a topic is missing',
  GROUP_AUTHORIZATION_FAILED: ', a right on a consumer group is missing',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ', a right on a transactional id is missing',
  // Also what an idempotent producer is told that may write to no topic.
  CLUSTER_AUTHORIZATION_FAILED: ', most often WRITE on a topic is missing',
};
/** What kafkajs makes of a coordinator that it was not allowed to look up. */
const coordinatorHint =
  'Or the SASL user lacks READ on the consumer group, or WRITE on the transactional id: see ' +
  '"Rights on Kafka" in the README.';

const unreachable = new Set([
  'KafkaJSBrokerNotFound',
  'KafkaJSConnectionClosedError',
  'KafkaJSConnectionError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSRequestTimeoutError',
]);

/** kafkajs keeps the code of the socket's error: OpenSSL's and Node's own names for TLS faults. */
function isTlsFailure({ code, name }: KafkaError, message: string): boolean {
  if (name !== 'KafkaJSConnectionError') return false;
  return (
    /CERT|_SSL_|_TLS_|^EPROTO$|SIGNATURE/.test(String(code)) || message.includes('SSL routines')
  );
}
