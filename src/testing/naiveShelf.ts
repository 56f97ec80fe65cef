/** What has become of a unit that was granted. */
export type Unit = 'pending' | 'confirmed' | 'returned' | 'released' | 'expired';

/** An order's units, one by one. None at all when it was cancelled before it was reserved. */
export interface Hold {
  orderId: string;
  units: Unit[];
  startedAt: number;
  deadline: number;
}

/** A stock item on paper. */
export interface Shelf {
  onHand: number;
  known: boolean;
  holds: Hold[];
}

/** Units held, after every hold whose deadline has come has lost them. */
export function held({ holds }: Shelf, now: number): number {
  for (const hold of holds) {
    if (hold.deadline <= now) turn(hold, 'pending', 'expired', Infinity);
  }
  return holds.reduce((sum, hold) => sum + unitsOf(hold, 'pending'), 0);
}

export function unitsOf(hold: Hold | undefined, ...kinds: Unit[]): number {
  return hold ? hold.units.filter((unit) => kinds.includes(unit)).length : 0;
}

/** Turns so many units of one kind into another. */
export function turn(hold: Hold | undefined, from: Unit, to: Unit, quantity: number): void {
  let left = quantity;
  hold?.units.forEach((unit, index) => {
    if (unit === from && left-- > 0) hold.units[index] = to;
  });
}
