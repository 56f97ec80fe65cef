import { partitionOf } from '../messaging/partitionOf.ts';
import type { EngineName } from '../storage/progress.ts';
import type { Finding } from '../verify/findings.ts';

/** Where the history that the faults are planted in lies, with three partitions. */
export const plantedLanes: Record<EngineName, number> = {
  stock: partitionOf('tea', 3),
  order: partitionOf('order-1', 3),
};

/** What is said of a fault: all of it, in this order. */
type Said = Pick<Finding, 'what' | 'offset' | 'expected' | 'found'>;

export interface PlantedFault {
  engine: EngineName;
  where: string;
  /** What is done by hand, as SQL. */
  plant: string;
  item: string | null;
  said: Said[];
}

const tea = 'tea at main';
const said = (what: string, offset: number | null, expected: string, found: string): Said => {
  return { what, offset, expected, found };
};

/** The stock log: 0 receive, 1 reserve, 2 confirm, 3 reserve of the order, 4 marker, 5 junk. */
const levels = (set: string, ...texts: Said[]): PlantedFault => ({
  engine: 'stock',
  where: 'stock_levels',
  plant: `UPDATE stock_levels SET ${set}`,
  item: tea,
  said: texts,
});
const reservation = (set: string, ...texts: Said[]): PlantedFault => ({
  engine: 'stock',
  where: 'reservations',
  plant: `UPDATE reservations SET ${set} WHERE order_id = 'o-1'`,
  item: tea,
  said: texts,
});
const outbox = (
  sequence: number,
  set: string,
  item: string | null,
  ...texts: Said[]
): PlantedFault => ({
  engine: 'stock',
  where: 'outbox',
  plant: `UPDATE outbox SET ${set} WHERE engine = 'stock' AND sequence = ${sequence}`,
  item,
  said: texts,
});
const orders = (set: string, ...texts: Said[]): PlantedFault => ({
  engine: 'order',
  where: 'orders',
  plant: `UPDATE orders SET ${set}`,
  item: 'order order-1',
  said: texts,
});
const progress = (engine: EngineName, set: string, ...texts: Said[]): PlantedFault => ({
  engine,
  where: 'progress',
  plant: `UPDATE progress SET ${set} WHERE engine = '${engine}' AND next_offset > 0`,
  item: null,
  said: texts,
});

/** Stands for a text that is not known beforehand. */
export const anyText = '(any)';
const any = anyText;
/** Each is what somebody may do by hand to one row, and all that must be said of it. */
export const plantedFaults: [fault: string, PlantedFault][] = [
  ['a unit that appeared', levels('on_hand = 8', said('onHand', 3, '7', '8'))],
  ['a unit that is not held', levels('reserved = 1', said('reserved', 3, '2', '1'))],
  ['another sequence', levels('sequence = 5', said('sequence', 3, '4', '5'))],
  ['an item that is not known', levels('known = 0', said('known', 3, 'true', 'false'))],
  [
    'a level of another location',
    {
      ...levels(''),
      plant: `INSERT INTO stock_levels SELECT lane, sku, 'else', on_hand, reserved, sequence, known
        FROM kept_stock_levels`,
      item: 'tea at else',
      said: [said('row', null, '', any)],
    },
  ],
  [
    'a level that is gone',
    { ...levels(''), plant: 'DELETE FROM stock_levels', said: [said('row', 3, any, '')] },
  ],
  [
    'units that are confirmed and held',
    reservation(
      'pending = 3, confirmed = 0',
      said('order o-1: pending', 3, '0', '3'),
      said('order o-1: confirmed', 3, '3', '0'),
    ),
  ],
  ['a return', reservation('returned = 1', said('order o-1: returned', 3, '0', '1'))],
  ['a tombstone', reservation('tombstone = 1', said('order o-1: tombstone', 3, 'false', 'true'))],
  ['a start', reservation('started_at = 1', said('order o-1: startedAt', 3, any, '1'))],
  ['a deadline', reservation('expires_at = 1', said('order o-1: expiresAt', 3, any, '1'))],
  [
    'a reservation that is gone',
    {
      ...reservation(''),
      plant: `DELETE FROM reservations WHERE order_id = 'o-1'`,
      said: [said('order o-1: row', 3, any, '')],
    },
  ],
  [
    'a reservation of an order that never was',
    {
      ...reservation(''),
      plant: `UPDATE reservations SET order_id = 'o-x' WHERE order_id = 'o-1'`,
      said: [said('order o-x: row', 3, '', any), said('order o-1: row', 3, any, '')],
    },
  ],
  [
    'a command that was never parked',
    {
      ...levels(''),
      where: 'parked_commands',
      plant: `INSERT INTO parked_commands VALUES (${plantedLanes.stock}, 1, 'tea', 'main', 1, 'x')`,
      said: [said('offset 1: row', 1, '', any)],
    },
  ],
  [
    'a row of another kind',
    outbox(1, `kind = 'reply'`, tea, said('sequence 1: kind', 0, 'event', 'reply')),
  ],
  [
    'a command that is forgotten',
    outbox(2, 'command_id = NULL', tea, said('sequence 2: commandId', 1, any, 'null')),
  ],
  [
    'another command that is remembered',
    outbox(5, `command_id = 'x'`, tea, said('sequence 5: commandId', 3, 'null', 'x')),
  ],
  ['a row of another time', outbox(3, 'time = 1', tea, said('sequence 3: time', 2, any, '1'))],
  [
    'a row with another key',
    outbox(4, `record_key = 'x'`, tea, said('sequence 4: key', 3, 'tea', 'x')),
  ],
  [
    'a row with another value',
    outbox(
      3,
      `value = (SELECT value FROM kept_outbox WHERE engine = 'stock' AND sequence = 2)`,
      tea,
      said('sequence 3: eventId', 2, any, any),
    ),
  ],
  [
    'a row with a broken value',
    outbox(3, `value = 'x'`, tea, said('sequence 3: value', 2, any, 'x')),
  ],
  [
    'a row without a value',
    outbox(3, 'value = NULL', tea, said('sequence 3: value', 2, any, 'null')),
  ],
  [
    'a dead letter with another header',
    outbox(
      6,
      `headers = JSON_SET(headers, '$."onhand-reason"', 'x')`,
      null,
      said('sequence 6: headers.onhand-reason', 5, any, '"x"'),
    ),
  ],
  [
    'an event’s row that is gone',
    {
      ...outbox(0, '', tea, said('sequence 2: row', 1, any, '')),
      plant: `DELETE FROM outbox WHERE engine = 'stock' AND sequence = 2`,
    },
  ],
  [
    'a first row that is gone',
    {
      ...outbox(0, '', tea, said('sequence 1: row', 0, any, '')),
      plant: `DELETE FROM outbox WHERE engine = 'stock' AND sequence = 1`,
    },
  ],
  [
    'a last row that is gone',
    {
      ...outbox(0, '', null, said('sequence 6: row', 5, any, '')),
      plant: `DELETE FROM outbox WHERE engine = 'stock' AND sequence = 6`,
    },
  ],
  [
    'a row too many at the end',
    {
      ...outbox(0, '', tea, said('sequence 7: row', null, '', any)),
      plant: `INSERT INTO outbox
        SELECT engine, lane, 7, kind, NULL, time, record_key, headers, value
        FROM kept_outbox WHERE engine = 'stock' AND sequence = 1`,
    },
  ],
  [
    'a row too many at the beginning',
    {
      ...outbox(0, '', tea, said('sequence 0: row', null, '', any)),
      plant: `INSERT INTO outbox
        SELECT engine, lane, 0, kind, NULL, time, record_key, headers, value
        FROM kept_outbox WHERE engine = 'stock' AND sequence = 1`,
    },
  ],
  [
    'a unit that an order believes to have',
    orders(
      `state = JSON_SET(state, '$.lines[0].granted', 1)`,
      said('lines.0.granted', 1, '2', '1'),
    ),
  ],
  [
    'an event that an order has forgotten',
    orders(`state = JSON_REMOVE(state, '$.accepted[0]')`, said('accepted.0', 1, any, '')),
  ],
  ['a deadline of an order that moved', orders('due_at = 1', said('dueAt', 1, any, '1'))],
  [
    'an order that is ahead of the log',
    orders('applied = 103', said('applied', 1, '2 to 3', '103')),
  ],
  [
    'an order that is behind its last change',
    orders('applied = 1', said('applied', 1, '2 to 3', '1')),
  ],
  [
    'an order that is gone',
    { ...orders(''), plant: 'DELETE FROM orders', said: [said('row', 1, any, '')] },
  ],
  [
    'an order that never was',
    {
      ...orders(''),
      plant: `INSERT INTO orders SELECT lane, 'order-x', state, due_at, applied FROM kept_orders`,
      item: 'order order-x',
      said: [said('row', null, '', any)],
    },
  ],
  [
    'a log time that was turned back',
    progress('stock', 'log_time = 1', said('logTime', 5, any, '1')),
  ],
  [
    'an outbox sequence that was turned back',
    progress('order', 'outbox_sequence = 1', said('outboxSequence', 1, '2', '1')),
  ],
  [
    'another record that was applied last',
    progress('stock', `applied_digest = REPEAT('x', 22)`, said('applied', 5, any, any)),
  ],
  [
    'progress beyond the end of the log',
    progress('stock', 'next_offset = 106', said('nextOffset', 5, 'at most 6', '106')),
  ],
];
