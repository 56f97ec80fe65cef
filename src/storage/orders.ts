import type { RowDataPacket } from 'mysql2/promise';
import { type Order, runningDeadline } from '../domain/order/orderState.ts';
import { type KeysInLanes, type LaneRows, eachRow } from './laneRows.ts';
import { rowLiterals } from './rowLiterals.ts';
import { namedRows, requireAllWritten, writeRows } from './rowStatements.ts';
import type { Querying } from './together.ts';

type OrderRow = RowDataPacket & { state: Order };

/** An order as it is stored, in its lane. */
export interface StoredOrder {
  lane: number;
  order: Order;
}

/** An order after a slice. */
export interface ChangedOrder {
  order: Order;
  /** True when the slice is the first that knows of it. */
  isNew: boolean;
  /** The offset before which it is so. */
  applied: number;
}

/** Those of the named orders that are known. */
export async function findOrders(
  reader: Querying,
  orderIds: KeysInLanes<string>,
): Promise<StoredOrder[]> {
  const [rows] = await reader.query<(OrderRow & { lane: number })[]>(
    `SELECT STRAIGHT_JOIN lane, state
     FROM ${namedRows(orderIds)} AS named (named_lane, named_order)
     JOIN orders FORCE INDEX (PRIMARY) ON lane = named_lane AND order_id = named_order`,
  );
  return rows.map(({ lane, state }) => ({ lane, order: state }));
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

/** Writes orders in the caller's transaction. */
export async function saveOrders(
  connection: Querying,
  orders: readonly LaneRows<ChangedOrder>[],
): Promise<void> {
  const rows = eachRow(orders, (lane, { order, applied }) => {
    const { head } = order;
    return [lane, head.orderId, JSON.stringify(order), runningDeadline(head), applied];
  });
  const affectedRows = await writeRows(
    connection,
    rows,
    (list) => `INSERT INTO orders (lane, order_id, state, due_at, applied)
     VALUES ${rowLiterals(list)} AS next
     ON DUPLICATE KEY UPDATE state = next.state, due_at = next.due_at, applied = next.applied`,
  );
  requireAllWritten(affectedRows, orders, 'order');
}
