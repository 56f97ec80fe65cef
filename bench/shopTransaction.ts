import type { Pool, PoolConnection, ResultSetHeader } from 'mysql2/promise';
import { codeOf } from '../src/storage/storageErrors.ts';

const passing = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'];
export const reservationTtlMs = 30 * 60_000;

/** How often transactions had to be tried again after a deadlock or a lock wait. */
export interface Retries {
  retries: number;
}

/**
 * One unit of a SKU for an order, in one transaction: guarded UPDATE, reservation, outbox row. All
 * statements are prepared. `before` runs first and may refuse. True when granted.
 */
export function shopTransaction(
  pool: Pool,
  sku: string,
  orderId: string,
  count: Retries,
  before: (connection: PoolConnection) => Promise<boolean> = () => Promise.resolve(true),
): Promise<boolean> {
  return inShopTransaction(pool, count, async (connection) => {
    return (await before(connection)) && (await reserve(connection, sku, orderId));
  });
}

/** Commits when `work` grants, rolls back when it refuses; after a deadlock it is done again. */
export async function inShopTransaction(
  pool: Pool,
  count: Retries,
  work: (connection: PoolConnection) => Promise<boolean>,
): Promise<boolean> {
  const connection = await pool.getConnection();
  try {
    for (;;) {
      try {
        await connection.query('START TRANSACTION');
        const granted = await work(connection);
        await connection.query(granted ? 'COMMIT' : 'ROLLBACK');
        return granted;
      } catch (error) {
        await connection.query('ROLLBACK');
        if (!passing.includes(codeOf(error))) throw error;
        count.retries++;
      }
    }
  } finally {
    connection.release();
  }
}

/** The guarded UPDATE: one unit more is reserved, if there is one. */
export async function takeUnit(connection: PoolConnection, sku: string): Promise<boolean> {
  const [{ affectedRows }] = await connection.execute<ResultSetHeader>(
    'UPDATE shop_stock SET reserved = reserved + ? WHERE sku = ? AND on_hand - reserved >= ?',
    [1, sku, 1],
  );
  return affectedRows > 0;
}

async function reserve(connection: PoolConnection, sku: string, orderId: string): Promise<boolean> {
  if (!(await takeUnit(connection, sku))) return false;
  const now = Date.now();
  // Queued one behind the other: the second does not wait for this process to see the first's end.
  await Promise.all([
    connection.execute(
      `INSERT INTO shop_reservations (order_id, sku, quantity, status, expires_at)
       VALUES (?, ?, ?, 'held', ?)`,
      [orderId, sku, 1, now + reservationTtlMs],
    ),
    connection.execute('INSERT INTO shop_outbox (sku, payload, created_at) VALUES (?, ?, ?)', [
      sku,
      JSON.stringify({ type: 'StockReserved', sku, orderId, quantity: 1 }),
      now,
    ]),
  ]);
  return true;
}
