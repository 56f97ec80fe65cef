import type { ErrorCode } from './errorCodes.ts';

/**
 * Something that broke and that a person can act on: a server that is away, a wrong password, a
 * topic with the wrong settings. Business answers are rejections (values), never errors; a broken
 * invariant is an `InvariantError`.
 */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
  /** Stable name. */
  readonly code: ErrorCode;
  /** What to do about it, one sentence; empty when the message says it all. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? '';
  }
}

/** A state that the code rules out. The lane (or the process) stops loudly; nothing is written. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Stops at once when `condition` does not hold. Stays on in production. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The message of whatever was thrown. An AggregateError (a refused connection) has none itself. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
