import type { Settings } from '../config/settings.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { OperationalError } from '../ops/errors.ts';
import { codeOf, toStorageError } from '../storage/storageErrors.ts';

/** What Kafka's or MySQL's failure means to an operator; every other error as it is. */
export function explainedError(error: unknown, settings: Settings): unknown {
  if (error instanceof OperationalError) return error;
  const known = toOperationalError(error, settings);
  if (known !== error || codeOf(error) === 'UNKNOWN') return known;
  return toStorageError(error, settings);
}
