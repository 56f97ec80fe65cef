import type { Progress } from '../storage/progress.ts';
import type { Finding } from './findings.ts';

/**
 * Compares a progress row with what folding the log up to it gave. Behind the last applied record
 * there may be markers of transactions, but nothing behind the log's end.
 */
export function compareProgress(expected: Progress, found: Progress, logEnd: number): Finding[] {
  const findings: Finding[] = [];
  const note = (what: string, expected: string, found: number) => {
    findings.push({ engine, lane, where: 'progress', what, expected, found: String(found) });
  };
  const { engine, lane, nextOffset } = found;
  for (const field of ['outboxSequence', 'logTime'] as const) {
    if (expected[field] !== found[field]) note(field, String(expected[field]), found[field]);
  }
  if (nextOffset > logEnd) note('nextOffset', `at most ${logEnd}`, nextOffset);
  return findings;
}
