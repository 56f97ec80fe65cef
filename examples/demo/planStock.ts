import { invariant } from '../../src/ops/errors.ts';
import { seededRandom } from './seededRandom.ts';

/**
 * How many units of each SKU to receive before the orders in `demand` (SKU to units asked for,
 * each 1 or more) come in.
 *
 * A share of the SKUs (`scarceShare`, 0 to 1, rounded up), chosen by `seed`, gets 30 to 70 % of
 * its demand, which is at least one unit and at least one too few: unless a return brings units
 * back in time, not every order of it can be served. SKUs that a single unit satisfies cannot be
 * made scarce, so fewer than the share may be. All others get exactly their demand, so that one
 * unit sold twice shows as a refusal. The order of `demand` makes no difference.
 */
export function planStock(
  demand: ReadonlyMap<string, number>,
  { scarceShare, seed }: { scarceShare: number; seed: number },
): Map<string, number> {
  invariant(scarceShare >= 0 && scarceShare <= 1, `scarce share ${scarceShare}`);
  const random = seededRandom(seed);
  const plan = new Map([...demand].sort(([a], [b]) => (a < b ? -1 : 1)));
  const candidates = [...plan].filter(([, units]) => units > 1);
  const scarce = Math.min(Math.ceil(scarceShare * plan.size), candidates.length);
  for (let i = 0; i < scarce; i++) {
    const [chosen] = candidates.splice(Math.floor(random() * candidates.length), 1);
    if (!chosen) break;
    const [sku, units] = chosen;
    plan.set(sku, Math.round(units * (0.3 + 0.4 * random())));
  }
  return plan;
}
