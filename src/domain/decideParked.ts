import type { RetryParked, SkipParked } from './commands.ts';
import type { StockState } from './stockState.ts';
import { itemKey } from './stockState.ts';
import type { Verdict } from './verdict.ts';
import { granted } from './verdict.ts';

/**
 * Whether there is something to take up again or to give up. What follows from it is the engine's.
 */
export function decideParked(
  { kind, sku, location }: RetryParked | SkipParked,
  state: StockState,
): Verdict<'RetryParked' | 'SkipParked'> {
  const waiting = state.parked.get(itemKey(sku, location)) ?? 0;
  if (waiting === 0) return { refused: 'NOTHING_PARKED' };

  return kind === 'RetryParked'
    ? granted(0, 0, { kind: 'ParkedRetried', waiting })
    : granted(0, 0, { kind: 'ParkedSkipped', waiting: waiting - 1 });
}
