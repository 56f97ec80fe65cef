import type { RowDataPacket } from 'mysql2/promise';
import { faultsIn } from '../../checkOrders.ts';
import { type OrderWorkload, linesPerOrder } from '../../orderWorkload.ts';
import type { SeataShop } from './seataShop.ts';

interface Totals extends RowDataPacket {
  oversold: number;
  held: number;
  placed: number;
  rejected: number;
  undoRows: number;
}

/** What must hold afterwards, in both schemas. */
export async function checkSeataShop(
  { orders: { settings }, pool }: SeataShop,
  { safe }: OrderWorkload,
  { granted, refused }: { granted: number; refused: number },
): Promise<{ oversold: number; faults: string[] }> {
  const [rows] = await pool.query<Totals[]>(
    `SELECT CAST(SUM(GREATEST(reserved - on_hand, 0)) AS SIGNED) AS oversold,
       CAST(SUM(reserved) AS SIGNED) AS held,
       (SELECT COUNT(*) FROM ??.shop_orders WHERE status = 'placed') AS placed,
       (SELECT COUNT(*) FROM ??.shop_orders WHERE status = 'rejected') AS rejected,
       (SELECT COUNT(*) FROM ??.undo_log) + (SELECT COUNT(*) FROM undo_log) AS undoRows
     FROM shop_stock`,
    Array(3).fill(settings.ONHAND_MYSQL_DATABASE),
  );
  const found = rows[0] ?? ({} as Partial<Totals>);
  const expected: [what: string, found: number | undefined, wanted: number][] = [
    ['orders placed', found.placed, granted],
    ['orders rejected', found.rejected, refused],
    ['units reserved', found.held, granted * linesPerOrder],
    ['units oversold', found.oversold, 0],
    ['undo rows left', found.undoRows, 0],
  ];
  return { oversold: found.oversold ?? NaN, faults: faultsIn(expected, granted, safe) };
}
