import kafkajs, { type LogEntry, type logLevel } from 'kafkajs';
import { messageOf } from '../ops/errors.ts';
import type { Logger } from '../ops/logger.ts';

const { logLevel: KafkaLevel } = kafkajs;

/** Said at every start although the partitioner is meant: no news for an operator. */
const partitionerNotice = 'KafkaJS v2.0.0 switched default partitioner';

/** What kafkajs puts into its lines, as far as an operator can use it; never the payload. */
interface Details {
  message: string;
  groupId?: string;
  topic?: string;
  partition?: number;
  broker?: string;
  retryCount?: number;
  retryTime?: number;
  error?: unknown;
}

/**
 * Lines of kafkajs that also reach the caller as an error, or belong to normal life: every
 * transaction that waits for the one before it, every rebalance, every join of a group.
 */
const chatter = [
  /^Response /,
  /rebalanc/i,
  /^Crash: /,
  /^Limiting retries for the idempotent producer/,
  /transactional operation/,
];

/** How much kafkajs has to tell for this logger; its debug lines cost a format per request. */
export function kafkaLogLevel(logger: Logger): logLevel {
  if (!logger.isLevelEnabled) return KafkaLevel.WARN;
  if (logger.isLevelEnabled('trace')) return KafkaLevel.DEBUG;
  if (logger.isLevelEnabled('debug')) return KafkaLevel.INFO;
  return logger.isLevelEnabled('warn') ? KafkaLevel.WARN : KafkaLevel.NOTHING;
}

/**
 * Feeds kafkajs' log into pino. Its levels go down by one: what it calls an error is retried or
 * thrown, and whoever catches it knows better how bad it is.
 */
export function kafkaLog(logger: Logger): () => (entry: LogEntry) => void {
  return () =>
    ({ level, namespace, log }) => {
      const details = log as Details;
      const { message, groupId, topic, partition, broker, retryCount, retryTime, error } = details;
      if (message.startsWith(partitionerNotice)) return;
      const reason = error === undefined ? undefined : messageOf(error);
      logger[pinoLevel(level, message)](
        { part: namespace, groupId, topic, partition, broker, retryCount, retryTime, reason },
        message,
      );
    };
}

function pinoLevel(level: logLevel, message: string): 'trace' | 'debug' | 'warn' {
  if (level === KafkaLevel.DEBUG) return 'trace';
  if (level === KafkaLevel.INFO || chatter.some((pattern) => pattern.test(message))) return 'debug';
  return 'warn';
}
