import { seededRandom } from '../examples/demo/seededRandom.ts';

/** How orders fall on SKUs: evenly on 1,000, all on one, or on 1,000 by Zipf with exponent 1. */
export type WorkloadName = 'spread' | 'hot' | 'zipf';

/** One SKU in so many has stock for half of its orders only, so that some must be refused. */
const scarceEvery = 50;

/** Orders for one unit each, the same for every side, and stock that cannot serve all of them. */
export interface Workload {
  name: WorkloadName;
  skus: string[];
  /** Units on hand before the first order, by index in `skus`. */
  stock: number[];
  /** Index in `skus` by order. */
  orders: Uint32Array;
  /** Units that can be granted: exactly so many, whoever is asked. */
  grantable: number;
}

/** Makes a repeatable workload of so many orders. */
export function makeWorkload(name: WorkloadName, count: number): Workload {
  const skus = Array.from({ length: name === 'hot' ? 1 : 1000 }, (_, i) => `SKU-${10_000 + i}`);
  const random = seededRandom(1);
  const ranks = cumulativeShares(skus.length, name === 'zipf' ? 1 : 0);
  const orders = Uint32Array.from({ length: count }, () => rankOf(ranks, random()));
  const demand = skus.map(() => 0);
  for (const sku of orders) demand[sku] = (demand[sku] ?? 0) + 1;
  const stock = demand.map((units, sku) => Math.max(1, stockFor(name, units, sku)));
  const grants = stock.map((units, sku) => Math.min(units, demand[sku] ?? 0));
  return { name, skus, stock, orders, grantable: grants.reduce((sum, units) => sum + units, 0) };
}

/** About one order in a hundred finds nothing left; by Zipf fewer, the scarce SKUs being rare. */
function stockFor(name: WorkloadName, demand: number, sku: number): number {
  if (name === 'hot') return demand - Math.ceil(demand / 100);
  return sku % scarceEvery === scarceEvery - 1 ? demand >> 1 : demand;
}

/** Shares of ranks 1 to n that fall as 1 / rank^exponent, added up. */
function cumulativeShares(ranks: number, exponent: number): number[] {
  let sum = 0;
  const sums = Array.from({ length: ranks }, (_, rank) => (sum += (rank + 1) ** -exponent));
  return sums.map((upTo) => upTo / sum);
}

function rankOf(cumulative: readonly number[], random: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) > random) high = middle;
    else low = middle + 1;
  }
  return low;
}
