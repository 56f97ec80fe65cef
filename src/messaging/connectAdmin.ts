import type { Admin } from 'kafkajs';
import type { Logger } from '../ops/logger.ts';
import { type KafkaSettings, brokerList, createKafka } from './kafkaClient.ts';
import { toOperationalError } from './kafkaErrors.ts';

const clientId = 'onhand-admin';

/** A person waits: an answer, or the reason why there is none, within 10 seconds. */
const requestTimeout = 3000;
const maxAttempts = 3;

/**
 * An admin client whose broker has answered, for commands. Throws what `toOperationalError`
 * gives, KAFKA_UNREACHABLE after at most about 10 seconds. The caller disconnects it.
 */
export async function connectAdmin(settings: KafkaSettings, logger: Logger): Promise<Admin> {
  const retries = Math.min(maxAttempts, Math.max(2, brokerList(settings).length)) - 1;
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries };
  try {
    // The probe is impatient for its first answers only; the work itself may take its time.
    const probe = createKafka(settings, clientId, logger, { requestTimeout, retry }).admin();
    await connect(probe);
    await probe.disconnect();
    const admin = createKafka(settings, clientId, logger).admin();
    await connect(admin);
    return admin;
  } catch (error) {
    throw toOperationalError(error, settings);
  }
}

async function connect(admin: Admin): Promise<void> {
  try {
    await admin.connect();
    // kafkajs takes an open socket for a connected broker, even if nobody answers on it.
    await admin.describeCluster();
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
}
