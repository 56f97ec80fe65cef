import { runningDeadline } from '../domain/order/orderState.ts';
import type { Order } from '../domain/order/orderState.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockItem } from '../domain/stockState.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import type { ParkedRow } from '../storage/parkedCommands.ts';
import type { TableRow } from '../storage/shadowTables.ts';
import type { ChangedKeys } from './changedKeys.ts';

type StateTable = 'stock_levels' | 'reservations' | 'parked_commands' | 'orders';

/** Rows of the tables of a lane's state, values in the order of `columnsOf`. */
export type StateRows = Partial<Record<StateTable, Iterable<TableRow>>>;

/** All rows that a folded lane must have, but for those of the outbox; `applied`: up to where. */
export function stateRows(replay: LaneReplay | OrderReplay, applied: number): StateRows {
  const { lane } = replay.progress;
  if (!(replay instanceof LaneReplay)) {
    return { orders: mapped(replay.state.orders.values(), (it) => orderRow(lane, it, applied)) };
  }
  const { items } = replay.state;
  return {
    stock_levels: levelRows(lane, items.values()),
    reservations: reservationRows(lane, items.values()),
    parked_commands: replay.parked.map((it) => parkedRow(lane, it)),
  };
}

/** The rows of those items, reservations and orders that facts of a folded lane have changed. */
export function changedRows(
  replay: LaneReplay | OrderReplay,
  changed: ChangedKeys,
  applied: number,
): StateRows {
  const { lane } = replay.progress;
  if (!(replay instanceof LaneReplay)) {
    const { orders } = replay.state;
    const some = [...changed.orders].flatMap((orderId) => orders.get(orderId) ?? []);
    return { orders: some.map((it) => orderRow(lane, it, applied)) };
  }
  const { items } = replay.state;
  const levels = [...changed.items.keys()].flatMap((key) => items.get(key) ?? []);
  const reservations = [...changed.items].flatMap(([key, orderIds]) => {
    const item = items.get(key);
    return [...orderIds].flatMap((orderId) => {
      const reservation = item?.reservations.get(orderId);
      return item && reservation ? [reservationRow(lane, item, reservation)] : [];
    });
  });
  return {
    stock_levels: levelRows(lane, levels),
    reservations,
    parked_commands: replay.parked.map((it) => parkedRow(lane, it)),
  };
}

function* levelRows(lane: number, items: Iterable<StockItem>): Generator<TableRow> {
  for (const { sku, location, level } of items) {
    const { onHand, reserved, sequence, known } = level;
    if (sequence > 0) yield [lane, sku, location, onHand, reserved, sequence, known];
  }
}

function* reservationRows(lane: number, items: Iterable<StockItem>): Generator<TableRow> {
  for (const item of items) {
    for (const one of item.reservations.values()) yield reservationRow(lane, item, one);
  }
}

function reservationRow(lane: number, { sku, location }: StockItem, r: Reservation): TableRow {
  const quantities = [r.granted, r.pending, r.confirmed, r.released, r.expired, r.returned];
  return [lane, r.orderId, sku, location, ...quantities, r.startedAt, r.expiresAt, r.tombstone];
}

function parkedRow(lane: number, { offset, sku, location, time, value }: ParkedRow): TableRow {
  return [lane, offset, sku, location, time, value];
}

function orderRow(lane: number, order: Order, applied: number): TableRow {
  const { head } = order;
  return [lane, head.orderId, JSON.stringify(order), runningDeadline(head), applied];
}

function* mapped<From, To>(values: Iterable<From>, map: (value: From) => To): Generator<To> {
  for (const value of values) yield map(value);
}
