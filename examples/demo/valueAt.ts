/** Points of a cumulative distribution, ascending: this share of all values is at most `value`. */
export type Curve = readonly (readonly [share: number, value: number])[];

/**
 * The value below which `share` (0 to 1) of all values lie, on a straight line between the two
 * points around it. A share outside the curve gets the value of the nearer end.
 */
export function valueAt(curve: Curve, share: number): number {
  let [shareBelow, valueBelow] = curve[0] ?? [0, 0];
  for (const [shareHere, valueHere] of curve) {
    if (share <= shareHere) {
      if (shareHere === shareBelow) return valueBelow;
      const way = (share - shareBelow) / (shareHere - shareBelow);
      return valueBelow + Math.max(way, 0) * (valueHere - valueBelow);
    }
    [shareBelow, valueBelow] = [shareHere, valueHere];
  }
  return valueBelow;
}
