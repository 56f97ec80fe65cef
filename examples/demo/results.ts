import { type RowDataPacket, createConnection } from 'mysql2/promise';
import { textTable } from '../../src/ops/textTable.ts';
import type { Settings } from '../../src/config/settings.ts';
import { connectionOptions } from '../../src/storage/database.ts';
import type { InputReport } from './plan.ts';

interface HotItem extends RowDataPacket {
  sku: string;
  onHand: number;
  reserved: number;
  orders: number;
  granted: number;
  confirmed: number;
  expired: number;
}

/** Levels of the SKUs that most orders wanted, as MySQL holds them. */
export async function hottestTable(settings: Settings, rows: number): Promise<string> {
  const connection = await createConnection(connectionOptions(settings, 'read'));
  try {
    const [items] = await connection.query<HotItem[]>(
      `SELECT sku, MAX(on_hand) AS onHand, MAX(reserved) AS reserved, COUNT(*) AS orders,
         CAST(SUM(granted) AS SIGNED) AS granted, CAST(SUM(confirmed) AS SIGNED) AS confirmed,
         CAST(SUM(expired) AS SIGNED) AS expired
       FROM stock_levels JOIN reservations USING (lane, sku, location)
       GROUP BY lane, sku, location ORDER BY orders DESC, sku LIMIT ?`,
      [rows],
    );
    const head = ['SKU', 'reservations', 'granted', 'sold', 'expired', 'on hand', 'reserved'];
    const cells = items.map((item) => {
      const { sku, orders, granted, confirmed, expired, onHand, reserved } = item;
      return [sku, orders, granted, confirmed, expired, onHand, reserved, onHand - reserved];
    });
    return textTable([...head, 'available'], cells);
  } finally {
    await connection.end();
  }
}

/** What the input held: every line is in one of these rows. */
export function inputTable(report: InputReport): string {
  const rows: [string, number][] = [
    ['reserved', report.reserved],
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

/** How many events of each kind, refusals by their reason. */
export function outcomeTable(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return textTable(['outcome', 'events'], sorted);
}
