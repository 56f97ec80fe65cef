import { type AppliedRecord, isSameRecord } from '../storage/appliedRecord.ts';
import type { Progress } from '../storage/progress.ts';
import type { LaneFindings } from './findings.ts';

/**
 * Compares a progress row with what folding the log up to it gave. Behind the last applied record
 * there may be markers of transactions, but nothing behind the log's end.
 */
export function compareProgress(
  expected: Progress,
  found: Progress,
  logEnd: number,
  findings: LaneFindings,
): void {
  const note = (what: string, said: string, is: number | string) => {
    const offset = expected.nextOffset > 0 ? expected.nextOffset - 1 : null;
    const texts = { expected: said, found: String(is) };
    findings.note({ where: 'progress', what, item: null, offset, ...texts });
  };
  for (const field of ['outboxSequence', 'logTime'] as const) {
    if (expected[field] !== found[field]) note(field, String(expected[field]), found[field]);
  }
  if (expected.applied && found.applied && !isSameRecord(expected.applied, found.applied)) {
    note('applied', recordText(expected.applied), recordText(found.applied));
  }
  const { nextOffset } = found;
  if (nextOffset > logEnd) note('nextOffset', `at most ${logEnd}`, nextOffset);
}

function recordText({ offset, time, digest }: AppliedRecord): string {
  return `offset ${offset}, appended ${new Date(time).toISOString()}, digest ${digest}`;
}
