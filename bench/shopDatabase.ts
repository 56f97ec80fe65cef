import type { Pool, RowDataPacket } from 'mysql2/promise';
import { differences } from './checkReserved.ts';
import type { Workload } from './workload.ts';

/** Tables of a shop as the source design has them: narrow rows, no more indexes than it needs. */
const tables = [
  `CREATE TABLE shop_stock (
     sku      VARCHAR(64) NOT NULL PRIMARY KEY,
     on_hand  BIGINT NOT NULL,
     reserved BIGINT NOT NULL
   )`,
  `CREATE TABLE shop_reservations (
     order_id   VARCHAR(64) NOT NULL,
     sku        VARCHAR(64) NOT NULL,
     quantity   BIGINT NOT NULL,
     status     ENUM('held', 'confirmed', 'released', 'expired') NOT NULL,
     expires_at BIGINT NOT NULL,
     PRIMARY KEY (order_id, sku),
     KEY due (status, expires_at)
   )`,
  `CREATE TABLE shop_outbox (
     id         BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
     sku        VARCHAR(64) NOT NULL,
     payload    JSON NOT NULL,
     created_at BIGINT NOT NULL
   )`,
];

/** Makes the shop's tables and receives the workload's stock. */
export async function fillShop(
  pool: Pool,
  { skus, stock }: Pick<Workload, 'skus' | 'stock'>,
): Promise<void> {
  for (const table of tables) await pool.query(table);
  const rows = skus.map((sku, index) => [sku, stock[index] ?? 0, 0]);
  await pool.query('INSERT INTO shop_stock (sku, on_hand, reserved) VALUES ?', [rows]);
}

interface ShopTotals extends RowDataPacket {
  oversold: number;
  apart: number;
  held: number;
  outbox: number;
}

/** What must hold afterwards. */
export async function checkShop(
  pool: Pool,
  { grantable }: Workload,
  granted: number,
): Promise<{ oversold: number; faults: string[] }> {
  const [rows] = await pool.query<ShopTotals[]>(
    `SELECT CAST(SUM(GREATEST(held - on_hand, 0)) AS SIGNED) AS oversold,
       CAST(SUM(ABS(held - reserved)) AS SIGNED) AS apart, CAST(SUM(held) AS SIGNED) AS held,
       (SELECT COUNT(*) FROM shop_outbox) AS outbox
     FROM shop_stock JOIN
       (SELECT sku, SUM(IF(status = 'held', quantity, 0)) AS held FROM shop_reservations
        GROUP BY sku) AS holds
       USING (sku)`,
  );
  const { oversold = NaN, apart, held, outbox } = rows[0] ?? ({} as Partial<ShopTotals>);
  const expected: [what: string, found: number | undefined, wanted: number][] = [
    ['granted', granted, grantable],
    ['units reserved', held, grantable],
    ['units between stock and reservations', apart, 0],
    ['outbox rows', outbox, granted],
    ['units oversold', oversold, 0],
  ];
  return { oversold, faults: differences(expected) };
}
