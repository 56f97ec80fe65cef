import type { AuditLine } from './auditRows.ts';

/** How often a promise was broken, of how many; lanes are counted one by one and added up. */
export interface AuditTally {
  check: string;
  broken: number;
  of: number;
  noun: 'events' | 'verdicts';
}

/** Adds up the tallies of lanes, by what they check, in order. */
export function tallyLines(tallies: readonly AuditTally[]): AuditLine[] {
  const sums = new Map<string, AuditTally>();
  for (const { check, broken, of, noun } of tallies) {
    const sum = sums.get(check) ?? { check, broken: 0, of: 0, noun };
    sums.set(check, { ...sum, broken: sum.broken + broken, of: sum.of + of });
  }
  return [...sums.values()].map(({ check, broken, of, noun }) => {
    const ok = broken === 0;
    return { check, ok, detail: ok ? `${of} ${noun}` : `broken in ${broken} of ${of} ${noun}` };
  });
}
