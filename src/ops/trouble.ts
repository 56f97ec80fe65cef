import { InvariantError, OperationalError, messageOf } from './errors.ts';

/** What is wrong, as health tells it. It is shown over HTTP, so no secret may be in it. */
export interface Trouble {
  /** The name of an operational error, INVARIANT_BROKEN, a driver's own code, or UNEXPECTED. */
  code: string;
  reason: string;
  /** What to do about it; may be empty. */
  hint: string;
}

/** The trouble that an error means. */
export function troubleOf(error: unknown): Trouble {
  const reason = messageOf(error);
  if (error instanceof OperationalError) return { code: error.code, reason, hint: error.hint };
  if (error instanceof InvariantError) {
    return {
      code: 'INVARIANT_BROKEN',
      reason,
      hint: 'Compare with the log: `onhand replay verify`.',
    };
  }
  const { code } = Object(error) as { code?: unknown };
  return { code: typeof code === 'string' ? code : 'UNEXPECTED', reason, hint: '' };
}
