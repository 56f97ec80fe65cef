import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConnection, RowDataPacket } from 'mysql2/promise';
import type { Logger } from 'pino';
import { inTransaction } from './inTransaction.ts';
import { noteEvents, paidEvent } from './outbox.ts';

const pollMs = 50;
const retryMs = 500;
const paymentsMax = 200;

/**
 * A simulated payment provider: it answers each request at the time that was noted with it, also
 * when the shop was down meanwhile. Its answer becomes a captured payment and an event for onhand
 * in one local transaction.
 */
export class PaymentProvider {
  readonly #pool: Pool;
  readonly #logger: Logger;
  #stopping = false;
  #done: Promise<void> = Promise.resolve();

  constructor(pool: Pool, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        if ((await capturePayments(this.#pool, Date.now())) < paymentsMax) await sleep(pollMs);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#logger.warn({ reason }, 'payments not captured, trying again');
        await sleep(retryMs);
      }
    }
  }
}

/** Captures what is paid by `now`, in ms since 1970. Answers how many payments that were. */
export async function capturePayments(pool: Pool, now: number): Promise<number> {
  return await inTransaction(pool, async (connection) => {
    const orderIds = await lockOrders(connection, now);
    if (orderIds.length === 0) return 0;
    // Read anew: another shop process may have captured them while we waited for the locks.
    const [due] = await connection.query<OrderIdRow[]>(
      `SELECT order_id AS orderId FROM payments WHERE order_id IN (?) AND status = 'due'
       ORDER BY order_id FOR UPDATE`,
      [orderIds],
    );
    const ids = due.map(({ orderId }) => orderId);
    if (ids.length === 0) return 0;
    await connection.query(`UPDATE payments SET status = 'captured' WHERE order_id IN (?)`, [ids]);
    await noteEvents(connection, ids.map(paidEvent));
    return ids.length;
  });
}

type OrderIdRow = RowDataPacket & { orderId: string };

/** Orders first, then payments, as verdicts do: else each could wait for the other. */
async function lockOrders(connection: PoolConnection, now: number): Promise<string[]> {
  const [orders] = await connection.query<OrderIdRow[]>(
    `SELECT orders.order_id AS orderId FROM payments JOIN orders USING (order_id)
     WHERE payments.status = 'due' AND act_at <= ?
     ORDER BY orders.order_id LIMIT ? FOR UPDATE OF orders`,
    [now, paymentsMax],
  );
  return orders.map(({ orderId }) => orderId);
}
