/** What becomes of an order's reservation. */
export type Fate = 'pays' | 'cancels' | 'never pays' | 'pays late';

/** Deterministic by order id: most pay, some cancel, some forget, a few come too late. */
export function fateOf(orderId: string): Fate {
  let hash = 7;
  for (const char of orderId) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  const percent = (hash >>> 3) % 100;
  if (percent < 84) return 'pays';
  if (percent < 92) return 'cancels';
  return percent < 98 ? 'never pays' : 'pays late';
}

/** Whether the customer says in time what becomes of the order; else its reservation expires. */
export function answersInTime(orderId: string): boolean {
  const fate = fateOf(orderId);
  return fate === 'pays' || fate === 'cancels';
}
