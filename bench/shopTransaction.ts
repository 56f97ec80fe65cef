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

/** What can become of a reservation that is held. */
export type ReservationEnd = 'confirmed' | 'released' | 'expired';

/**
 * Ends the reservation of one unit, in one transaction: confirmed units leave, others are free
 * again. False when it was not held.
 */
export function endReservation(
  pool: Pool,
  sku: string,
  orderId: string,
  end: ReservationEnd,
  count: Retries,
): Promise<boolean> {
  return inShopTransaction(pool, count, async (connection) => {
    const sold = end === 'confirmed' ? 1 : 0;
    const [{ affectedRows }] = await connection.execute<ResultSetHeader>(
      `UPDATE shop_reservations SET status = ? WHERE order_id = ? AND sku = ? AND status = 'held'`,
      [end, orderId, sku],
    );
    if (affectedRows === 0) return false;
    await Promise.all([
      connection.execute(
        'UPDATE shop_stock SET reserved = reserved - 1, on_hand = on_hand - ? WHERE sku = ?',
        [sold, sku],
      ),
      insertOutbox(connection, sku, { type: `Reservation:${end}`, sku, orderId, quantity: 1 }),
    ]);
    return true;
  });
}

/** Adds a row to the outbox; its statement is prepared. */
export async function insertOutbox(
  connection: PoolConnection,
  sku: string,
  payload: object,
): Promise<void> {
  await connection.execute('INSERT INTO shop_outbox (sku, payload, created_at) VALUES (?, ?, ?)', [
    sku,
    JSON.stringify(payload),
    Date.now(),
  ]);
}

async function reserve(connection: PoolConnection, sku: string, orderId: string): Promise<boolean> {
  if (!(await takeUnit(connection, sku))) return false;
  // Queued one behind the other: the second does not wait for this process to see the first's end.
  await Promise.all([
    connection.execute(
      `INSERT INTO shop_reservations (order_id, sku, quantity, status, expires_at)
       VALUES (?, ?, ?, 'held', ?)`,
      [orderId, sku, 1, Date.now() + reservationTtlMs],
    ),
    insertOutbox(connection, sku, { type: 'StockReserved', sku, orderId, quantity: 1 }),
  ]);
  return true;
}
