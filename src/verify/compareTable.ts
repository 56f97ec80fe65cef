import type { LaneFindings } from './findings.ts';

/** How one row of a lane is called in a finding. */
export interface RowName {
  /** What it is called among those of its item; empty where an item has but one. */
  row: string;
  item: string;
  /** Log offset of the last change of the item. */
  offset: number | null;
}

/** The rows that a lane must have in one table. `Held`: what the fold holds of a row. */
export interface ExpectedTable<Row, Held> {
  name: string;
  /** Gives away what is held of a stored row; undefined when there should be no such row. */
  take(row: Row): Held | undefined;
  /** What was not taken, as rows. */
  rest(): Iterable<Row>;
  nameOf(row: Row): RowName;
  /** Where a stored row is not as it should be. */
  differences(held: Held, row: Row): RowDifference[];
}

export interface RowDifference {
  field: string;
  expected: string;
  found: string;
}

/** Compares the stored rows of a lane, as they are read, with what its log demands: uses it up. */
export async function compareTable<Row, Held>(
  stored: AsyncIterable<Row[]>,
  table: ExpectedTable<Row, Held>,
  findings: LaneFindings,
): Promise<void> {
  const note = (row: Row, { field, expected, found }: RowDifference) => {
    const { row: name, item, offset } = table.nameOf(row);
    const what = [name, field].filter((part) => part !== '').join(': ');
    findings.note({ where: table.name, what, item, offset, expected, found });
  };
  for await (const rows of stored) {
    for (const row of rows) {
      const held = table.take(row);
      if (!held) note(row, { field: 'row', expected: '', found: JSON.stringify(row) });
      else for (const difference of table.differences(held, row)) note(row, difference);
    }
  }
  for (const row of table.rest()) {
    note(row, { field: 'row', expected: JSON.stringify(row), found: '' });
  }
}

/** The named fields in which two rows differ. */
export function fieldDifferences<Fields extends object>(
  held: Fields,
  row: Fields,
  fields: readonly (keyof Fields & string)[],
): RowDifference[] {
  const differences: RowDifference[] = [];
  for (const field of fields) {
    if (held[field] === row[field]) continue;
    differences.push({ field, expected: String(held[field]), found: String(row[field]) });
  }
  return differences;
}

/** What a map holds under a key, which it then holds no longer. */
export function taken<Key, Held>(map: Map<Key, Held>, key: Key): Held | undefined {
  const held = map.get(key);
  map.delete(key);
  return held;
}
