import type { Settings } from '../src/config/settings.ts';
import { toOperationalError } from '../src/messaging/kafkaErrors.ts';
import { OperationalError } from '../src/ops/errors.ts';
import { QueueFullError } from './recordBatcher.ts';
import { StockBusyError } from './stockBusyError.ts';

/** What trying again will mend; the other operational errors need a person. */
const passing = new Set(['KAFKA_UNREACHABLE', 'KAFKA_FAILED']);

/**
 * What the sender of a command gets when it could not be sent: StockBusyError, or as it is what
 * calling again will not mend.
 */
export function sendFailure(
  error: unknown,
  commandId: string,
  settings: Pick<Settings, 'ONHAND_KAFKA_BROKERS'>,
): Error {
  if (error instanceof QueueFullError) {
    return new StockBusyError(commandId, error.message, { mayBeDecided: false, cause: error });
  }
  const cause = toOperationalError(error, settings);
  if (!(cause instanceof OperationalError)) return cause as Error;
  if (!passing.has(cause.code)) return cause;
  return new StockBusyError(commandId, cause.message, { mayBeDecided: true, cause });
}
