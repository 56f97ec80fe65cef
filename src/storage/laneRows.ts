/** Rows of one lane. */
export interface LaneRows<Row> {
  lane: number;
  rows: readonly Row[];
}

/** Keys, each with the lane in which it is looked for. */
export type KeysInLanes<Key> = readonly [lane: number, key: Key][];

/** The rows of all lanes, each made by `make` from its lane and what it was. */
export function eachRow<Row, Made>(
  batches: readonly LaneRows<Row>[],
  make: (lane: number, row: Row) => Made,
): Made[] {
  return batches.flatMap(({ lane, rows }) => rows.map((row) => make(lane, row)));
}
