import Table from 'cli-table3';

/** A cell: text on the left, numbers on the right with their thousands apart. */
export type Cell = string | number;

/** A table for people, without colours and without lines between rows. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map(cell));
  return table.toString();
}

function cell(value: Cell) {
  if (typeof value === 'string') return value;
  return { content: value.toLocaleString('en'), hAlign: 'right' as const };
}
