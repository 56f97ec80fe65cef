import { codeOf } from './storageErrors.ts';

/** Errors that say the rows or the statements are wrong: trying again can only repeat them. */
const broken = new Set([
  'ER_BAD_FIELD_ERROR',
  'ER_BAD_NULL_ERROR',
  'ER_CHECK_CONSTRAINT_VIOLATED',
  'ER_DATA_TOO_LONG',
  'ER_DUP_ENTRY',
  'ER_NO_SUCH_TABLE',
  'ER_PARSE_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'MYSQL_PACKET_TOO_LARGE',
]);

/**
 * Whether the database may answer differently to the same batch: it is away, restarting or read
 * only, a deadlock or a lock wait chose us. The driver marks a broken connection as fatal, though
 * not always with a code. Everything else without a driver's code is a bug of ours.
 */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === 'UNKNOWN') return (error as { fatal?: unknown }).fatal === true;
  return !broken.has(code);
}
