import type { EngineName } from '../storage/progress.ts';

/**
 * A damage by hand: the engine whose lane it strikes, the table, the differences (missing, too
 * many, differing) that a comparison must find, the statements.
 */
export type LaneDamage = [
  what: string,
  engine: EngineName,
  table: string,
  found: string,
  ...sql: string[],
];

/**
 * Damages to an installation that has received `tea`, reserved it for `o-1`, confirmed that,
 * reserved it for an order, and parked two commands of another stock item in the same lane.
 */
export const laneDamages: LaneDamage[] = [
  [
    'a unit that appeared',
    'stock',
    'stock_levels',
    '0/0/1',
    'UPDATE stock_levels SET on_hand = on_hand + 1',
  ],
  [
    'a stock item that is gone',
    'stock',
    'stock_levels',
    '1/0/0',
    `DELETE FROM stock_levels WHERE sku = 'tea'`,
  ],
  [
    'a stock item that never was',
    'stock',
    'stock_levels',
    '0/1/0',
    `INSERT INTO stock_levels SELECT lane, 'ghost', location, 9, 0, 1, 1 FROM stock_levels`,
  ],
  [
    'a deadline of a reservation that moved',
    'stock',
    'reservations',
    '0/0/2',
    'UPDATE reservations SET expires_at = expires_at + 1',
  ],
  [
    'a reservation that is gone',
    'stock',
    'reservations',
    '1/0/0',
    `DELETE FROM reservations WHERE order_id = 'o-1'`,
  ],
  [
    'a reservation of an order that never was',
    'stock',
    'reservations',
    '0/1/0',
    `INSERT INTO reservations (lane, order_id, sku, location, granted, pending, confirmed,
       released, expired, returned, started_at, expires_at, tombstone)
     SELECT lane, 'o-x', sku, location, granted, 0, 0, granted, 0, 0, started_at, expires_at, 0
     FROM reservations WHERE order_id = 'o-1'`,
  ],
  [
    'bytes of an outbox row',
    'stock',
    'outbox',
    '0/0/1',
    `UPDATE outbox SET value = 'x' WHERE engine = 'stock' AND sequence = 2`,
  ],
  [
    'a first outbox row that is gone',
    'stock',
    'outbox',
    '1/0/0',
    `DELETE FROM outbox WHERE engine = 'stock' AND sequence = 1`,
  ],
  [
    'all outbox rows that are gone',
    'stock',
    'outbox',
    '5/0/0',
    `DELETE FROM outbox WHERE engine = 'stock'`,
  ],
  [
    'an outbox row that nothing has caused',
    'stock',
    'outbox',
    '0/1/0',
    `INSERT INTO outbox SELECT engine, lane, 0, kind, NULL, time, record_key, headers, value
     FROM outbox WHERE engine = 'stock' AND sequence = 1`,
  ],
  [
    'a command that was forgotten',
    'stock',
    'outbox',
    '0/0/1',
    `UPDATE outbox SET command_id = NULL WHERE engine = 'stock' AND sequence = 3`,
  ],
  [
    'two commands that answer for each other',
    'stock',
    'outbox',
    '0/0/2',
    `CREATE TABLE swapped SELECT sequence, command_id FROM outbox
     WHERE engine = 'stock' AND sequence < 3`,
    `UPDATE outbox SET command_id = NULL WHERE engine = 'stock' AND sequence < 3`,
    `UPDATE outbox JOIN swapped ON outbox.sequence = 3 - swapped.sequence
     SET outbox.command_id = swapped.command_id WHERE engine = 'stock'`,
    'DROP TABLE swapped',
  ],
  [
    'a parked command that is gone',
    'stock',
    'parked_commands',
    '1/0/0',
    'DELETE FROM parked_commands LIMIT 1',
  ],
  [
    'bytes of a parked command',
    'stock',
    'parked_commands',
    '0/0/1',
    `UPDATE parked_commands SET value = 'x' LIMIT 1`,
  ],
  [
    'a unit that an order believes to have',
    'order',
    'orders',
    '0/0/1',
    `UPDATE orders SET state = JSON_SET(state, '$.lines[0].granted', 1)`,
  ],
  [
    'a deadline of an order that moved',
    'order',
    'orders',
    '0/0/1',
    'UPDATE orders SET due_at = due_at + 1',
  ],
  ['an order that is gone', 'order', 'orders', '1/0/0', 'DELETE FROM orders'],
  [
    'an order that never was',
    'order',
    'orders',
    '0/1/0',
    `INSERT INTO orders SELECT lane, 'order-x', state, due_at, applied FROM orders`,
  ],
  [
    'a command that has become a verdict',
    'order',
    'outbox',
    '0/0/1',
    `UPDATE outbox SET kind = 'verdict' WHERE engine = 'order' AND sequence = 1`,
  ],
];
