import type { ReservationEnd } from './shopTransaction.ts';
import { type Workload, type WorkloadName, makeWorkload } from './workload.ts';

/** Of ten orders six are paid, two are cancelled, and of two nothing more is heard. */
const ends: ReservationEnd[] = [
  ...Array<ReservationEnd>(6).fill('confirmed'),
  ...Array<ReservationEnd>(2).fill('released'),
  ...Array<ReservationEnd>(2).fill('expired'),
];

/** What becomes of an order, by its number. */
export function endOf(order: number): ReservationEnd {
  // 7 and 10 have no common factor: all ends within ten orders, and well mixed.
  return ends[(order * 7) % ends.length] ?? 'confirmed';
}

/** How many of the first so many orders end in that way. */
export function endsAmong(orders: number, end: ReservationEnd): number {
  return Array.from({ length: orders }, (_, order) => endOf(order)).filter((it) => it === end)
    .length;
}

/** Orders that are all granted, because each of them shall end in its way. */
export function makeLifeWorkload(name: WorkloadName, count: number): Workload {
  const workload = makeWorkload(name, count);
  const stock = workload.skus.map(() => 0);
  for (const sku of workload.orders) stock[sku] = (stock[sku] ?? 0) + 1;
  // A SKU that nobody orders is received like the others.
  return { ...workload, stock: stock.map((units) => Math.max(1, units)), grantable: count };
}
