/** Rows of one lane. */
export interface LaneRows<Row> {
  lane: number;
  rows: readonly Row[];
}

/** The rows of all lanes, each made by `make` from its lane and what it was. */
export function eachRow<Row, Made>(
  batches: readonly LaneRows<Row>[],
  make: (lane: number, row: Row) => Made,
): Made[] {
  return batches.flatMap(({ lane, rows }) => rows.map((row) => make(lane, row)));
}
