import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { type Order, runningDeadline } from '../domain/order/orderState.ts';
import { namedRows, requireAllWritten } from './rowStatements.ts';
import type { Querying } from './together.ts';

type OrderRow = RowDataPacket & { state: Order };

/** An order after a slice. */
export interface ChangedOrder {
  order: Order;
  /** True when the slice is the first that knows of it. */
  isNew: boolean;
}

/** Those of the named orders that are known. */
export async function readOrders(
  reader: Querying,
  lane: number,
  orderIds: readonly string[],
): Promise<Order[]> {
  if (orderIds.length === 0) return [];
  const [rows] = await reader.query<OrderRow[]>(
    `SELECT STRAIGHT_JOIN state FROM ${namedRows(orderIds)}
       AS named (named_order)
     JOIN orders FORCE INDEX (PRIMARY) ON lane = ? AND order_id = named_order`,
    [...orderIds, lane],
  );
  return rows.map(({ state }) => state);
}

/** Orders whose payment deadline has passed at a log time, in the order in which they are due. */
export async function readDueOrders(
  reader: Querying,
  lane: number,
  now: number,
  limit: number,
): Promise<Order[]> {
  const [rows] = await reader.query<OrderRow[]>(
    'SELECT state FROM orders WHERE lane = ? AND due_at <= ? ORDER BY due_at, order_id LIMIT ?',
    [lane, now, limit],
  );
  return rows.map(({ state }) => state);
}

/** Writes orders in the caller's transaction; `applied`: the offset before which they are so. */
export async function saveOrders(
  connection: Querying,
  lane: number,
  orders: readonly ChangedOrder[],
  applied: number,
): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.map(({ order }) => {
    const { head } = order;
    return [lane, head.orderId, JSON.stringify(order), runningDeadline(head), applied];
  });
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `INSERT INTO orders (lane, order_id, state, due_at, applied) VALUES ? AS next
     ON DUPLICATE KEY UPDATE state = next.state, due_at = next.due_at, applied = next.applied`,
    [rows],
  );
  requireAllWritten(affectedRows, orders, 'order');
}
