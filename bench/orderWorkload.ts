import { seededRandom } from '../examples/demo/seededRandom.ts';

export const linesPerOrder = 3;

const skusCount = 1000;

/** One SKU in so many has stock for half of its demand, so that some orders must be refused. */
const scarceEvery = 50;

/** Orders of three lines of one unit each, on three SKUs of 1,000, evenly; and their stock. */
export interface OrderWorkload {
  skus: string[];
  /** Units on hand before the first order, by index in `skus`. */
  stock: number[];
  /** The SKUs of each order, ascending and without repeats. */
  orders: string[][];
  /** Orders without a scarce SKU: whoever is asked, and in whatever order, must grant them. */
  safe: number;
}

/** Makes a repeatable workload of so many orders. */
export function makeOrderWorkload(count: number): OrderWorkload {
  const skus = Array.from({ length: skusCount }, (_, index) => `SKU-${10_000 + index}`);
  const random = seededRandom(1);
  const demand = skus.map(() => 0);
  const drawn = Array.from({ length: count }, () => {
    const lines = new Set<number>();
    while (lines.size < linesPerOrder) lines.add(Math.floor(random() * skusCount));
    for (const sku of lines) demand[sku] = (demand[sku] ?? 0) + 1;
    return [...lines].sort((a, b) => a - b);
  });
  return {
    skus,
    stock: demand.map((units, sku) => Math.max(1, isScarce(sku) ? units >> 1 : units)),
    orders: drawn.map((lines) => lines.map((sku) => skus[sku] ?? '')),
    safe: drawn.filter((lines) => !lines.some(isScarce)).length,
  };
}

function isScarce(sku: number): boolean {
  return sku % scarceEvery === scarceEvery - 1;
}
