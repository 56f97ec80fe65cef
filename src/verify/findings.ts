import type { LaneId } from '../storage/progress.ts';

/** A lane of one of the engines. */
export type LanePlace = Pick<LaneId, 'engine' | 'lane'>;

/** One place where what is stored or published is not what the log says. */
export interface Finding extends LanePlace {
  /** Table or topic. */
  where: string;
  /** The row or record: its key, sequence or offset. */
  what: string;
  /** What the log says; empty when it says that there is nothing. */
  expected: string;
  /** What was found; empty when it is missing. */
  found: string;
}

/** Compares stored rows with expected ones by key: the same keys, the same fields. */
export function compareRows<Row extends object>(
  { engine, lane }: LanePlace,
  where: string,
  expected: ReadonlyMap<string, Row>,
  found: ReadonlyMap<string, Row>,
  fields: readonly (keyof Row & string)[],
): Finding[] {
  const findings: Finding[] = [];
  const note = (what: string, expected: string, found: string) => {
    findings.push({ engine, lane, where, what, expected, found });
  };
  for (const [key, row] of expected) {
    const stored = found.get(key);
    if (!stored) {
      note(key, 'a row', '');
      continue;
    }
    for (const field of fields) {
      if (row[field] === stored[field]) continue;
      note(`${key}, ${field}`, String(row[field]), String(stored[field]));
    }
  }
  for (const key of found.keys()) {
    if (!expected.has(key)) note(key, '', 'a row');
  }
  return findings;
}
