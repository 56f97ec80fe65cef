/** One place where what is stored or published is not what the log says. */
export interface Finding {
  lane: number;
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
  lane: number,
  where: string,
  expected: ReadonlyMap<string, Row>,
  found: ReadonlyMap<string, Row>,
  fields: readonly (keyof Row & string)[],
): Finding[] {
  const findings: Finding[] = [];
  for (const [key, row] of expected) {
    const stored = found.get(key);
    if (!stored) {
      findings.push({ lane, where, what: key, expected: 'a row', found: '' });
      continue;
    }
    for (const field of fields) {
      if (row[field] === stored[field]) continue;
      const what = `${key}, ${field}`;
      const texts = { expected: String(row[field]), found: String(stored[field]) };
      findings.push({ lane, where, what, ...texts });
    }
  }
  for (const key of found.keys()) {
    if (!expected.has(key)) findings.push({ lane, where, what: key, expected: '', found: 'a row' });
  }
  return findings;
}
