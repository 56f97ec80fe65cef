/** Median, least and greatest of what several rounds gave. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Throws RangeError when there is nothing to sum up. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('no values');
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? min;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? min) : upper;
  return { median: (lower + upper) / 2, min, max };
}
