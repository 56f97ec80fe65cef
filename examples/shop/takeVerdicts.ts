import type { Pool, PoolConnection, RowDataPacket } from 'mysql2/promise';
import type { OrderVerdict } from '../../src/domain/order/orderVerdicts.ts';
import { fateOf } from './customerFate.ts';
import { inTransaction } from './inTransaction.ts';
import { cancelledEvent, noteEvents } from './outbox.ts';
import { type Reaction, reactTo } from './reactTo.ts';
import { type PaymentRequest, requestPayment } from './requestPayment.ts';
import { saveReactions } from './saveReactions.ts';
import type { OrderRow } from './shopOrder.ts';
import { settleReturns } from './settleReturns.ts';

/**
 * Takes a batch of verdicts in one local transaction: what they mean, what the shop does about
 * them, and how far each order has come, so that verdicts that come again change nothing.
 *
 * @param seed decides what simulated customers do
 * @returns how many were new
 */
export async function takeVerdicts(
  pool: Pool,
  verdicts: readonly OrderVerdict[],
  seed: number,
): Promise<number> {
  return await inTransaction(pool, async (connection) => {
    const orders = await lockOrders(connection, verdicts);
    const reactions: Reaction[] = [];
    for (const verdict of verdicts) {
      const order = orders.get(verdict.orderId);
      if (!order) throw new Error(`a verdict names order ${verdict.orderId}, which is not ours`);
      const reaction = reactTo(order, verdict);
      if (!reaction) continue;
      orders.set(verdict.orderId, reaction.order);
      reactions.push(reaction);
    }
    if (reactions.length === 0) return 0;
    const payments = requests(reactions, seed);
    await saveReactions(connection, reactions, payments);
    await settleReturns(connection, [...orders.values()]);
    await noteEvents(connection, cancellations(reactions, seed));
    return reactions.length;
  });
}

/** In the order of their ids, so that two batches never wait for each other. */
async function lockOrders(
  connection: PoolConnection,
  verdicts: readonly OrderVerdict[],
): Promise<Map<string, OrderRow>> {
  const ids = [...new Set(verdicts.map(({ orderId }) => orderId))];
  const [rows] = await connection.query<(RowDataPacket & OrderRow)[]>(
    `SELECT order_id AS orderId, status, sequence, open_events AS openEvents,
       expires_at AS expiresAt
     FROM orders WHERE order_id IN (?) ORDER BY order_id FOR UPDATE`,
    [ids],
  );
  return new Map(rows.map((row) => [row.orderId, { ...row }]));
}

/** Goods are held: now the payment provider is asked for the money. */
function requests(reactions: readonly Reaction[], seed: number): PaymentRequest[] {
  return justReserved(reactions).flatMap((order) => {
    return requestPayment(order, fateOf(seed, order.orderId), Date.now()) ?? [];
  });
}

function cancellations(reactions: readonly Reaction[], seed: number) {
  return justReserved(reactions)
    .filter(({ orderId }) => fateOf(seed, orderId) === 'cancels')
    .map(({ orderId }) => cancelledEvent(orderId));
}

function justReserved(reactions: readonly Reaction[]): OrderRow[] {
  return reactions.filter(({ held }) => held).map(({ order }) => order);
}
