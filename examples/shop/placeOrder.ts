import type { Pool } from 'mysql2/promise';
import type { UpstreamEvent } from '../../src/domain/order/orderEvents.ts';
import { type Fate, fateOf } from './customerFate.ts';
import { inTransaction } from './inTransaction.ts';
import { cancelledEvent, noteEvents, paidEvent } from './outbox.ts';
import { type Basket, mergedLines } from './shopOrder.ts';

/**
 * Takes an order: the order and the event that tells onhand of it, in one local transaction. False
 * when there is an order of that id: a customer who got no answer may ask again.
 */
export async function placeOrder(pool: Pool, basket: Basket, seed: number): Promise<boolean> {
  const { orderId, customer, mode } = basket;
  const fate = fateOf(seed, orderId);
  try {
    await inTransaction(pool, async (connection) => {
      await connection.query(
        `INSERT INTO orders (order_id, customer, mode, status, sequence) VALUES (?)`,
        [[orderId, customer, mode, 'placed', 0]],
      );
      await connection.query('INSERT INTO order_lines (order_id, sku, quantity) VALUES ?', [
        mergedLines(basket.lines).map(({ sku, quantity }) => [orderId, sku, quantity]),
      ]);
      if (fate === 'pays at checkout') {
        const payment = [orderId, 'captured', Date.now()];
        await connection.query('INSERT INTO payments (order_id, status, act_at) VALUES (?)', [
          payment,
        ]);
      }
      await noteEvents(connection, checkoutEvents(basket, fate));
    });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

/** What happens at once, in the order in which onhand will hear of it. */
export function checkoutEvents(basket: Basket, fate: Fate): UpstreamEvent[] {
  const { orderId, mode, ttlSeconds } = basket;
  const lines = basket.lines.map((line) => ({ ...line, location: 'main' }));
  const placed: UpstreamEvent = {
    kind: 'OrderPlaced',
    orderId,
    eventId: 'placed',
    lines,
    mode,
    expiresAt: null,
    ttlSeconds,
  };
  if (fate === 'pays at checkout') return [placed, paidEvent(orderId)];
  // Two ways through a shop's services are never equally fast: the later click can win.
  if (fate === 'cancels at once') return [cancelledEvent(orderId), placed];
  return [placed];
}
