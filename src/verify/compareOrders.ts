import type { Connection } from 'mysql2/promise';
import { type Order, runningDeadline } from '../domain/order/orderState.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import { type StoredOrder, readAllOrders } from '../storage/readLane.ts';
import { type ExpectedTable, compareTable, fieldDifferences, taken } from './compareTable.ts';
import { type LaneFindings, orderText } from './findings.ts';
import { firstDifference } from './firstDifference.ts';
import type { ObservedLane } from './observedLane.ts';

/** Compares every order of a lane at `nextOffset` with what folding its log gave. */
export async function compareOrders(
  connection: Connection,
  lane: ObservedLane,
  replay: OrderReplay,
  nextOffset: number,
  findings: LaneFindings,
): Promise<void> {
  const stored = readAllOrders(connection, replay.progress.lane);
  await compareTable(stored, orderTable(lane, replay, nextOffset), findings);
}

function orderTable(
  lane: ObservedLane,
  { state }: OrderReplay,
  nextOffset: number,
): ExpectedTable<StoredOrder, Order> {
  return {
    name: 'orders',
    take: ({ orderId }) => taken(state.orders, orderId),
    rest: function* () {
      for (const [orderId, order] of state.orders) {
        const dueAt = runningDeadline(order.head);
        yield { orderId, state: order, dueAt, applied: nextOffset };
      }
    },
    nameOf: ({ orderId }) => {
      return { row: '', item: orderText(orderId), offset: lane.lastChangeOfOrder(orderId) };
    },
    differences: (held, row) => {
      const dueAt = runningDeadline(held.head);
      const found = fieldDifferences({ dueAt }, { dueAt: row.dueAt }, ['dueAt']);
      const difference = firstDifference(held, row.state);
      if (difference) found.push({ ...difference, field: difference.path });
      return [...found, ...appliedDifference(lane, row, nextOffset)];
    },
  };
}

/**
 * How far in the log a slice ended is not in the log: an order's row may say any offset after its
 * last change, up to the progress.
 */
function appliedDifference(lane: ObservedLane, row: StoredOrder, nextOffset: number) {
  const least = (lane.lastChangeOfOrder(row.orderId) ?? -1) + 1;
  if (row.applied >= least && row.applied <= nextOffset) return [];
  const expected = `${least} to ${nextOffset}`;
  return [{ field: 'applied', expected, found: String(row.applied) }];
}
