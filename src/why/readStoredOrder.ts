import type { Pool } from 'mysql2/promise';
import type { Order } from '../domain/order/orderState.ts';
import { readFailedDecisions } from '../storage/failedDecisions.ts';
import { findOrders } from '../storage/orders.ts';
import { type Progress, readProgress } from '../storage/progress.ts';

/** What MySQL has of an order and of its lane, all at one moment. */
export interface StoredOrder {
  /** Undefined before the lane's first claim. */
  progress: Progress | undefined;
  /** Reasons by offset of the lane's records that could not be decided. */
  failed: Map<number, string>;
  order: Order | null;
}

/** Reads in one transaction, so that the row is what the log before the progress has made of it. */
export async function readStoredOrder(
  pool: Pool,
  lane: number,
  orderId: string,
): Promise<StoredOrder> {
  const connection = await pool.getConnection();
  try {
    await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const progress = await readProgress(connection, 'order', lane);
    const failed = await readFailedDecisions(connection, 'order', lane);
    const [stored] = await findOrders(connection, [[lane, orderId]]);
    const order = stored?.order ?? null;
    await connection.query('COMMIT');
    connection.release();
    return { progress, failed: new Map(failed.map((one) => [one.at, one.reason])), order };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
