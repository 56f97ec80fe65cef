import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Querying } from '../src/storage/together.ts';
import { faultsIn } from './checkOrders.ts';
import { type OrderWorkload, linesPerOrder } from './orderWorkload.ts';
import { fillShop } from './shopDatabase.ts';

export type ShopOrderStatus = 'placed' | 'rejected';

/** Makes the shop's tables, those of orders too, and receives the workload's stock. */
export async function fillOrderShop(pool: Pool, workload: OrderWorkload): Promise<void> {
  await fillShop(pool, workload);
  await pool.query(
    `CREATE TABLE shop_orders (
       order_id   VARCHAR(64) NOT NULL PRIMARY KEY,
       status     ENUM('placed', 'rejected') NOT NULL,
       content    JSON NOT NULL,
       created_at BIGINT NOT NULL
     )`,
  );
}

/** Inserts an order with its lines; the statement is prepared. */
export async function insertOrder(
  connection: Pick<Pool, 'execute'>,
  orderId: string,
  skus: readonly string[],
  status: ShopOrderStatus,
): Promise<void> {
  const content = JSON.stringify(skus.map((sku) => ({ sku, quantity: 1 })));
  await connection.execute<ResultSetHeader>(
    'INSERT INTO shop_orders (order_id, status, content, created_at) VALUES (?, ?, ?, ?)',
    [orderId, status, content, Date.now()],
  );
}

interface ShopTotals extends RowDataPacket {
  oversold: number;
  apart: number;
  held: number;
  halves: number;
  placed: number;
  rejected: number;
}

/** What must hold afterwards. */
export async function checkOrderShop(
  pool: Querying,
  { orders, safe }: Pick<OrderWorkload, 'orders' | 'safe'>,
  granted: number,
): Promise<{ oversold: number; faults: string[] }> {
  const [rows] = await pool.query<ShopTotals[]>(
    `SELECT CAST(SUM(GREATEST(COALESCE(held, 0) - on_hand, 0)) AS SIGNED) AS oversold,
       CAST(SUM(ABS(COALESCE(held, 0) - reserved)) AS SIGNED) AS apart,
       CAST(SUM(COALESCE(held, 0)) AS SIGNED) AS held,
       (SELECT COUNT(*) FROM (SELECT order_id, SUM(quantity) AS units FROM shop_reservations
          WHERE status = 'held' GROUP BY order_id HAVING units <> ${linesPerOrder}) AS some)
         AS halves,
       (SELECT COUNT(*) FROM shop_orders WHERE status = 'placed') AS placed,
       (SELECT COUNT(*) FROM shop_orders WHERE status = 'rejected') AS rejected
     FROM shop_stock LEFT JOIN
       (SELECT sku, SUM(quantity) AS held FROM shop_reservations WHERE status = 'held'
          GROUP BY sku) AS holds USING (sku)`,
  );
  const found = rows[0] ?? ({} as Partial<ShopTotals>);
  const expected: [what: string, found: number | undefined, wanted: number][] = [
    ['orders placed', found.placed, granted],
    ['orders rejected', found.rejected, orders.length - granted],
    ['units reserved', found.held, granted * linesPerOrder],
    ['units between stock and reservations', found.apart, 0],
    ['orders held in part', found.halves, 0],
    ['units oversold', found.oversold, 0],
  ];
  return { oversold: found.oversold ?? NaN, faults: faultsIn(expected, granted, safe) };
}
