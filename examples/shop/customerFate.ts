/** What a simulated customer does about an order. */
export type Fate =
  'pays' | 'pays at checkout' | 'pays late' | 'never pays' | 'cancels' | 'cancels at once';

/** Shares in percent, added up. */
const shares: readonly (readonly [upTo: number, fate: Fate])[] = [
  [74, 'pays'],
  [82, 'pays at checkout'],
  [88, 'cancels'],
  [90, 'cancels at once'],
  [97, 'never pays'],
  [100, 'pays late'],
];

/**
 * The seed and the order id alone decide: most pay, some before the goods are held (`at checkout`),
 * some change their mind once the goods are held, or so soon that the cancellation overtakes the
 * order itself (`at once`), some forget to pay, a few pay after the deadline.
 */
export function fateOf(seed: number, orderId: string): Fate {
  const percent = percentOf(`${seed}:${orderId}`);
  return shares.find(([upTo]) => percent < upTo)?.[1] ?? 'pays';
}

/** Whether the order will stand unpaid until its deadline. */
export function missesDeadline(fate: Fate): boolean {
  return fate === 'never pays' || fate === 'pays late';
}

/** A number from 0 to 99 that depends on nothing but the text. */
export function percentOf(text: string): number {
  return hashOf(text) % 100;
}

/** FNV-1a, its bits mixed once more: neighbouring order ids share nothing. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
