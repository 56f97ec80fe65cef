import type { Connection } from 'mysql2/promise';
import { runningDeadline } from '../domain/order/orderState.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import { type StoredOrder, readAllOrders } from '../storage/readLane.ts';
import { type Finding, compareRows } from './findings.ts';
import { firstDifference } from './firstDifference.ts';

const where = 'orders';

/**
 * Compares every order of an order lane with what folding its log gave. How far in the log an order
 * was last changed depends on how the log was sliced: it is only held against the progress.
 */
export async function compareOrders(
  connection: Connection,
  { progress: { engine, lane }, state }: OrderReplay,
  nextOffset: number,
): Promise<Finding[]> {
  const orders = new Map<string, StoredOrder>();
  for (const [orderId, order] of state.orders) {
    const dueAt = runningDeadline(order.head);
    orders.set(`order ${orderId}`, { orderId, state: order, dueAt, applied: nextOffset });
  }
  const stored = new Map<string, StoredOrder>();
  for (const order of await readAllOrders(connection, lane)) {
    stored.set(`order ${order.orderId}`, order);
  }
  const findings = compareRows({ engine, lane }, where, orders, stored, ['dueAt']);
  for (const [key, order] of stored) {
    if (order.applied > nextOffset) {
      const texts = { expected: `at most ${nextOffset}`, found: String(order.applied) };
      findings.push({ engine, lane, where, what: `${key}, applied`, ...texts });
    }
    const expected = orders.get(key);
    const difference = expected && firstDifference(expected.state, order.state);
    if (!difference) continue;
    const { path, ...texts } = difference;
    findings.push({ engine, lane, where, what: `${key}, ${path}`, ...texts });
  }
  return findings;
}
