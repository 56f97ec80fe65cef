import type { Order } from '../domain/order/orderState.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import type { CheckpointChunk } from './checkpointChunk.ts';

type Named = Record<string, unknown>;

/** Puts rows of a checkpoint into a fold that is to go on from there. */
export function putChunk(replay: LaneReplay | OrderReplay, chunk: CheckpointChunk): void {
  const { table, columns, rows } = chunk;
  for (const row of rows) {
    const named = Object.fromEntries(columns.map((column, index) => [column, row[index]]));
    if (replay instanceof LaneReplay) putStockRow(replay, table, named);
    else if (table === 'orders') replay.putOrder(JSON.parse(String(named.state)) as Order);
  }
}

function putStockRow(replay: LaneReplay, table: CheckpointChunk['table'], row: Named): void {
  const text = (name: string) => String(row[name]);
  const number = (name: string) => Number(row[name]);
  const item = { sku: text('sku'), location: text('location') };
  if (table === 'stock_levels') {
    const [onHand, reserved] = [number('on_hand'), number('reserved')];
    const known = Boolean(row.known);
    replay.putLevel({ ...item, onHand, reserved, sequence: number('sequence'), known });
  } else if (table === 'reservations') {
    replay.putReservation({
      ...item,
      orderId: text('order_id'),
      granted: number('granted'),
      pending: number('pending'),
      confirmed: number('confirmed'),
      released: number('released'),
      expired: number('expired'),
      returned: number('returned'),
      startedAt: number('started_at'),
      expiresAt: number('expires_at'),
      tombstone: Boolean(row.tombstone),
    });
  } else if (table === 'parked_commands') {
    const value = row.value as Buffer;
    replay.putParked({ ...item, offset: number('log_offset'), time: number('time'), value });
  } else if (row.command_id !== null) {
    replay.putRemembered(text('command_id'), number('time'), row.value as Buffer);
  }
}
