import { type RowDataPacket, createConnection } from 'mysql2/promise';
import { textTable } from '../../src/ops/textTable.ts';
import type { Settings } from '../../src/config/settings.ts';
import { connectionOptions } from '../../src/storage/database.ts';
import { flashStock } from './flashSale.ts';
import type { InputReport } from './plan.ts';

interface HotItem extends RowDataPacket {
  sku: string;
  onHand: number;
  reserved: number;
  orders: number;
  granted: number;
  confirmed: number;
  released: number;
  returned: number;
}

/**
 * Levels of the SKUs of the flash sale and of those that most orders got, as MySQL holds them.
 */
export async function hottestTable(settings: Settings, rows: number): Promise<string> {
  const connection = await createConnection(connectionOptions(settings, 'read'));
  try {
    const [items] = await connection.query<HotItem[]>(
      `SELECT sku, MAX(on_hand) AS onHand, MAX(reserved) AS reserved, COUNT(*) AS orders,
         CAST(SUM(granted) AS SIGNED) AS granted, CAST(SUM(confirmed) AS SIGNED) AS confirmed,
         CAST(SUM(released) AS SIGNED) AS released, CAST(SUM(returned) AS SIGNED) AS returned
       FROM stock_levels JOIN reservations USING (lane, sku, location)
       GROUP BY lane, sku, location
       ORDER BY sku IN (?) DESC, orders DESC, sku LIMIT ?`,
      [[...flashStock.keys()], rows],
    );
    const head = ['SKU', 'orders', 'granted', 'released', 'sold', 'returned'];
    const cells = items.map((item) => {
      const { sku, orders, granted, confirmed, released, returned, onHand, reserved } = item;
      return [sku, orders, granted, released, confirmed, returned, onHand, reserved];
    });
    return textTable([...head, 'on hand', 'reserved'], cells);
  } finally {
    await connection.end();
  }
}

/** What the input held: every line is in one of these rows. */
export function inputTable(report: InputReport): string {
  const rows: [string, number][] = [
    ['ordered', report.ordered],
    ['same SKU again in one order: units added up', report.merged],
    ['returned goods', report.returns],
    ['returned goods without a matching sale: not sent', report.returnsWithoutSale],
    ['written off: adjusted', report.writeOffs],
    ['no goods (postage, fees, manual entries): not sent', report.noGoods],
    ['quantity 0: not sent', report.zero],
    [`all lines of ${report.invoices.toLocaleString('en')} invoices`, report.lines],
  ];
  return textTable(['input', 'lines'], rows);
}

/** How many records of each kind, those that say no by their reason. */
export function countTable(what: string, counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return textTable([what, 'records'], sorted);
}
