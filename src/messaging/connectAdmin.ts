import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import { type KafkaSettings, brokerList, createKafka } from './kafkaClient.ts';
import { toOperationalError } from './kafkaErrors.ts';

/** A person waits: each broker gets a chance or two, and the answer is there within 10 seconds. */
const maxAttempts = 3;

/**
 * An admin client whose broker has answered, for commands. Throws what `toOperationalError`
 * gives, KAFKA_UNREACHABLE after at most about 10 seconds. The caller disconnects it.
 */
export async function connectAdmin(settings: KafkaSettings, logger: Logger): Promise<Admin> {
  const attempts = Math.min(maxAttempts, Math.max(2, brokerList(settings).length));
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: attempts - 1 };
  const admin = createKafka(settings, 'onhand-admin', logger, retry).admin();
  try {
    await admin.connect();
    // kafkajs takes an open socket for a connected broker, even if nobody answers on it.
    await admin.describeCluster();
    return admin;
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    throw toOperationalError(error, settings);
  }
}
