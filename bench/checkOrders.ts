import type { Pool, RowDataPacket } from 'mysql2/promise';
import { differences } from './checkReserved.ts';
import type { OrderVerdictReader } from './orderVerdictReader.ts';
import { type OrderWorkload, linesPerOrder } from './orderWorkload.ts';

interface Totals extends RowDataPacket {
  oversold: number;
  apart: number;
  held: number;
  halves: number;
  reserved: number;
  rejected: number;
  orders: number;
}

/** What must hold after a run of onhand: of the verdicts that were read, and of MySQL's rows. */
export async function checkOrders(
  pool: Pool,
  { orders, safe }: OrderWorkload,
  { events, granted, refused, surplus }: OrderVerdictReader,
): Promise<{ oversold: number; faults: string[] }> {
  const [rows] = await pool.query<Totals[]>(
    `SELECT CAST(SUM(GREATEST(held - on_hand, 0)) AS SIGNED) AS oversold,
       CAST(SUM(ABS(held - reserved)) AS SIGNED) AS apart, CAST(SUM(held) AS SIGNED) AS held,
       (SELECT COUNT(*) FROM (SELECT order_id, SUM(pending) AS units FROM reservations
          GROUP BY order_id HAVING units NOT IN (0, ${linesPerOrder})) AS some) AS halves,
       (SELECT COUNT(*) FROM orders WHERE state ->> '$.head.phase' = 'reserved') AS reserved,
       (SELECT COUNT(*) FROM orders WHERE state ->> '$.head.phase' = 'rejected') AS rejected,
       (SELECT COUNT(*) FROM orders) AS orders
     FROM stock_levels JOIN
       (SELECT lane, sku, location, SUM(pending) AS held FROM reservations GROUP BY 1, 2, 3)
       AS holds USING (lane, sku, location)`,
  );
  const found = rows[0] ?? ({} as Partial<Totals>);
  const expected: [what: string, found: number | undefined, wanted: number][] = [
    ['verdicts', events, orders.length],
    ['verdicts too many', surplus, 0],
    ['orders in MySQL', found.orders, orders.length],
    ['orders reserved', found.reserved, granted],
    ['orders rejected', found.rejected, refused],
    ['units reserved', found.held, granted * linesPerOrder],
    ['units between levels and reservations', found.apart, 0],
    ['orders held in part', found.halves, 0],
    ['units oversold', found.oversold, 0],
  ];
  return { oversold: found.oversold ?? NaN, faults: faultsIn(expected, granted, safe) };
}

/** In words what is not as it must be. Orders without a scarce SKU are never refused. */
export function faultsIn(
  expected: readonly (readonly [what: string, found: number | undefined, wanted: number])[],
  granted: number,
  safe: number,
): string[] {
  const faults = differences(expected);
  if (granted < safe) faults.push(`orders granted: ${granted}, although ${safe} lack nothing`);
  return faults;
}
