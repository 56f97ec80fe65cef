import type { EngineName } from './progress.ts';

/** A table that holds a part of a lane's state: a function of the lane's log. */
export interface LaneTable {
  name: 'stock_levels' | 'reservations' | 'parked_commands' | 'orders' | 'outbox';
  /** Its primary key. */
  key: readonly string[];
  columns: readonly string[];
  /** A column that the log bounds from above, but does not fix. */
  bounded?: string;
}

const outbox: LaneTable = {
  name: 'outbox',
  key: ['engine', 'lane', 'sequence'],
  columns: ['kind', 'command_id', 'time', 'record_key', 'headers', 'value'],
};

/** In the order in which `saveReservations` gives its values. */
export const reservationsTable: LaneTable = {
  name: 'reservations',
  key: ['lane', 'order_id', 'sku', 'location'],
  columns: [
    'granted',
    'pending',
    'confirmed',
    'released',
    'expired',
    'returned',
    'started_at',
    'expires_at',
    'tombstone',
  ],
};

/**
 * The tables of each engine, but for `failed_decisions` (an input of the fold) and `publications`
 * (what Kafka has).
 */
export const laneTables: Record<EngineName, readonly LaneTable[]> = {
  stock: [
    {
      name: 'stock_levels',
      key: ['lane', 'sku', 'location'],
      columns: ['on_hand', 'reserved', 'sequence', 'known'],
    },
    reservationsTable,
    {
      name: 'parked_commands',
      key: ['lane', 'log_offset'],
      columns: ['sku', 'location', 'time', 'value'],
    },
    outbox,
  ],
  order: [
    {
      name: 'orders',
      key: ['lane', 'order_id'],
      columns: ['state', 'due_at'],
      bounded: 'applied',
    },
    outbox,
  ],
};

export type LaneTableName = LaneTable['name'];

/** All columns of a table that a shadow of it has, the key first. */
export function columnsOf({ key, columns, bounded }: LaneTable): string[] {
  return [...key, ...columns, ...(bounded ? [bounded] : [])];
}
