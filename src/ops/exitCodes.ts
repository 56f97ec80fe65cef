import type { ErrorCode } from './errorCodes.ts';
import { OperationalError } from './errors.ts';

/** What the exit code of every command means; the README's and `--help`'s list is made from it. */
export const exitCodeTexts = {
  0: 'done, and nothing to find fault with',
  1: 'a finding (a difference, a limit that is passed), or an error that is none of those below',
  3: 'what was asked for is not there: unknown order, item, dead letter, …; servers do not run',
  4: 'a server does not answer, or refuses us; nothing can be said of what was asked',
} as const;

export const exitCodes = { finding: 1, unknown: 3, away: 4 } as const;

const unknown = new Set<ErrorCode>([
  'ORDER_UNKNOWN',
  'STOCK_ITEM_UNKNOWN',
  'LANE_UNKNOWN',
  'PARTITION_UNKNOWN',
  'DEAD_LETTER_UNKNOWN',
  'CHECKPOINT_MISSING',
]);
const away = /_(UNREACHABLE|AUTH_FAILED|TLS_FAILED)$|^SCHEMA_REGISTRY_REFUSED$/;

/** The exit code of a command that an error ends. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof OperationalError)) return exitCodes.finding;
  if (unknown.has(error.code)) return exitCodes.unknown;
  return away.test(error.code) ? exitCodes.away : exitCodes.finding;
}

/** The list of them for `onhand --help`. */
export function exitCodeHelp(): string {
  const lines = Object.entries(exitCodeTexts).map(([code, text]) => `  ${code}  ${text}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}
