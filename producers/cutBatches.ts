/**
 * A batch of the producer must stay below the topic's `max.message.bytes`, 1 MiB by default, and
 * one record may be as large by itself.
 */
const bytesMax = 500_000;

/** Lengths and flags of a record, generously. */
const recordOverheadBytes = 64;

/** Records in their order, in lists that Kafka takes as one batch each. */
export function cutBatches<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
): Item[][] {
  const batches: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const own = recordOverheadBytes + bytesOf(item);
    bytes += own;
    if (bytes > bytesMax) {
      batches.push([]);
      bytes = own;
    }
    batches.at(-1)?.push(item);
  }
  return batches;
}
