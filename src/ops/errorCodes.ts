/**
 * Every name that an operational error can have, with what it means. The message says where, the
 * hint what to do. The README's list is made from this one.
 */
export const errorCodes = {
  CONFIG_INVALID: 'a setting is missing or wrong; all of them are named at once',
  KAFKA_UNREACHABLE: 'no broker answers at the configured addresses',
  KAFKA_AUTH_FAILED: 'the broker refused user or password',
  KAFKA_TLS_FAILED: 'no trusted TLS connection to the broker',
  KAFKA_FORBIDDEN: 'the Kafka user lacks a right',
  KAFKA_TOO_OLD: 'the broker gives topics no id (before 3.1)',
  KAFKA_FAILED: 'Kafka failed otherwise; the message has its words',
  TOPIC_MISSING: 'a topic does not exist: `onhand topics ensure`',
  TOPIC_NOT_READY: 'a new topic has no leaders yet',
  TOPIC_NOT_LOG_APPEND_TIME: 'a command topic does not stamp records itself, so log time would lie',
  TOPIC_WRONG_POLICY: 'a topic has another cleanup policy than its records need',
  PARTITION_COUNT_CHANGED:
    'a topic has another partition count than the stored state was made with',
  TOPIC_REPLACED: 'the command log is not the one that the stored state was made from',
  COMMANDS_LOST: 'retention deleted commands before they were applied; the lane halts',
  MYSQL_UNREACHABLE: 'no MySQL server answers at the configured address',
  MYSQL_AUTH_FAILED: 'MySQL refused user or password',
  MYSQL_SCHEMA_MISSING: 'tables or rights are missing: `onhand migrate`',
  MYSQL_FAILED: 'MySQL failed otherwise; the message has its words',
  INVARIANT_BROKEN: 'something is as the code rules out; the lane halts and writes nothing',
  HTTP_ADDRESS_UNUSABLE: 'health and metrics cannot be served there; most often the port is taken',
  SERVER_UNREACHABLE: 'a server whose address was given does not answer',
  STACK_STEP_FAILED: 'a step of `onhand stack` failed; the end of its log is shown',
  STACK_STATE_DAMAGED: 'the stack’s own notes cannot be read',
  STACK_PACKAGES_DAMAGED: 'a downloaded package lacks what it should hold',
  STACK_PLATFORM: 'native servers cannot be had on this operating system',
  STACK_NOT_NATIVE: 'single servers can be controlled only where they run natively',
  JAVA_MISSING: 'Kafka needs Java 17 or newer',
  JAVA_TOO_OLD: 'Kafka needs Java 17 or newer',
  MAVEN_MISSING: 'Maven fetches Kafka',
  APT_MISSING: 'apt fetches MySQL and Redis',
  APT_SOURCES_MISSING: 'the system names no package source to fetch MySQL and Redis from',
  MYSQL_PACKAGE_MISSING: 'the package source has no MySQL server',
  CONFIRMATION_MISSING: 'something irrevocable was asked for without a terminal and without --yes',
  NOTHING_PARKED: 'no command of that stock item is parked',
  STILL_PARKED: 'the parked command failed again, or no processor runs',
  ORDERS_FILE_MISSING: 'demo: the orders file cannot be read',
  ORDERS_FILE_INVALID: 'demo: the orders file is not of the format; line and reason are named',
  DEMO_STALLED: 'demo: the processor gives no more outcomes',
} as const;

export type ErrorCode = keyof typeof errorCodes;
