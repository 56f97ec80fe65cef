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

/** The least value that `share` (0 to 1) of all values do not exceed: exact, from every sample. */
export function percentile(sorted: readonly number[], share: number): number {
  const index = Math.max(0, Math.ceil(share * sorted.length) - 1);
  const value = sorted[index];
  if (value === undefined) throw new RangeError('no values');
  return value;
}
