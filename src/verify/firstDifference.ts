/** Where two values part: names and positions from the outside in, and what is there. */
export interface Difference {
  /** Such as `lines.0.granted`. */
  path: string;
  /** As JSON; empty where there is nothing. */
  expected: string;
  found: string;
}

/**
 * The first place where two JSON values are not the same, whatever the order of their fields;
 * undefined when they are equal.
 */
export function firstDifference(
  expected: unknown,
  found: unknown,
  path: readonly string[] = [],
): Difference | undefined {
  if (Object.is(expected, found)) return undefined;
  if (!isTree(expected) || !isTree(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return { path: path.join('.'), expected: textOf(expected), found: textOf(found) };
  }
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const difference = firstDifference(expected[name], found[name], [...path, name]);
    if (difference) return difference;
  }
  return undefined;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
