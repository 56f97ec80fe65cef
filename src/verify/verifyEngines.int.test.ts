import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import { partitionOf } from '../messaging/partitionOf.ts';
import { connectionOptions } from '../storage/database.ts';
import type { EngineName } from '../storage/progress.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type Verification, verifyEngines } from './verifyEngines.ts';

const lanes: Record<EngineName, number> = {
  stock: partitionOf('tea', 3),
  order: partitionOf('order-1', 3),
};

interface Fault {
  engine: EngineName;
  fault: string;
  plant: string;
  undo: string;
  where: string;
}

function updated(
  engine: EngineName,
  fault: string,
  table: string,
  [wrong, right]: [wrong: string, right: string],
  condition = 'TRUE',
): Fault {
  const set = (value: string) => `UPDATE ${table} SET ${value} WHERE ${condition}`;
  return { engine, fault, plant: set(wrong), undo: set(right), where: table };
}

const faults: Fault[] = [
  updated('stock', 'a unit that appeared', 'stock_levels', [
    'on_hand = on_hand + 1',
    'on_hand = on_hand - 1',
  ]),
  updated('stock', 'a deadline of a reservation that moved', 'reservations', [
    'expires_at = expires_at + 1',
    'expires_at = expires_at - 1',
  ]),
  {
    engine: 'stock',
    fault: 'a reservation of an order that never was',
    plant: `INSERT INTO reservations (lane, order_id, sku, location, granted, pending, confirmed,
        released, expired, returned, started_at, expires_at, tombstone)
      SELECT lane, 'o-x', sku, location, granted, 0, 0, granted, 0, 0, started_at, expires_at, 0
      FROM reservations WHERE order_id = 'o-1'`,
    undo: `DELETE FROM reservations WHERE order_id = 'o-x'`,
    where: 'reservations',
  },
  updated('order', 'a unit that an order believes to have', 'orders', [
    `state = JSON_SET(state, '$.lines[0].granted', 1)`,
    `state = JSON_SET(state, '$.lines[0].granted', 2)`,
  ]),
  updated('order', 'an event that an order has forgotten', 'orders', [
    `state = JSON_REMOVE(state, '$.accepted[0]')`,
    'state = (SELECT state FROM kept_orders)',
  ]),
  updated('order', 'a deadline of an order that moved', 'orders', [
    'due_at = due_at + 1',
    'due_at = due_at - 1',
  ]),
  updated('order', 'an order that is ahead of the log', 'orders', [
    'applied = applied + 100',
    'applied = applied - 100',
  ]),
  {
    engine: 'order',
    fault: 'an order that never was',
    plant: `INSERT INTO orders
      SELECT lane, 'order-x', JSON_SET(state, '$.head.orderId', 'order-x'), due_at, applied
      FROM kept_orders`,
    undo: `DELETE FROM orders WHERE order_id = 'order-x'`,
    where: 'orders',
  },
  {
    engine: 'order',
    fault: 'an order that is gone',
    plant: 'DELETE FROM orders',
    undo: 'INSERT INTO orders SELECT * FROM kept_orders',
    where: 'orders',
  },
  ...(['stock', 'order'] as const).flatMap((engine): Fault[] => {
    const last = engine === 'stock' ? 5 : 2;
    const ofEngine = `engine = '${engine}'`;
    return [
      {
        engine,
        fault: `a last outbox row of the ${engine} engine that is gone`,
        plant: `DELETE FROM outbox WHERE ${ofEngine} AND sequence = ${last}`,
        undo: `INSERT INTO outbox SELECT * FROM kept_outbox
          WHERE ${ofEngine} AND sequence = ${last}`,
        where: 'outbox',
      },
      {
        engine,
        fault: `an outbox row of the ${engine} engine that nothing has caused`,
        plant: `INSERT INTO outbox
          SELECT engine, lane, ${last + 1}, kind, NULL, time, record_key, headers, value
          FROM kept_outbox WHERE ${ofEngine} AND sequence = ${last}`,
        undo: `DELETE FROM outbox WHERE ${ofEngine} AND sequence = ${last + 1}`,
        where: 'outbox',
      },
      updated(
        engine,
        `an outbox row of the ${engine} engine that goes to another key`,
        'outbox',
        [`record_key = 'x'`, `record_key = '${engine === 'stock' ? 'tea' : 'order-1'}'`],
        `${ofEngine} AND sequence = ${engine === 'stock' ? 1 : 2}`,
      ),
      updated(
        engine,
        `a log time of the ${engine} engine that was turned back`,
        'progress',
        ['log_time = log_time - 1', 'log_time = log_time + 1'],
        `${ofEngine} AND next_offset > 0`,
      ),
      updated(
        engine,
        `progress of the ${engine} engine beyond the end of the log`,
        'progress',
        ['next_offset = next_offset + 100', 'next_offset = next_offset - 100'],
        `${ofEngine} AND next_offset > 0`,
      ),
    ];
  }),
  updated(
    'order',
    'a command that has become a verdict',
    'outbox',
    [`kind = 'verdict'`, `kind = 'command'`],
    `engine = 'order' AND sequence = 1`,
  ),
];

describe('verifyEngines', function () {
  this.timeout(40_000);
  let onhand: TestInstallation;
  let planting: Connection;
  before(async () => {
    onhand = await testInstallation();
    const { receive, reserve, confirm } = commandsFor('tea');
    await onhand.send([receive(10), reserve('o-1', 3), confirm('o-1')]);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await onhand.sendOrders([orderEventsFor('order-1').place({ tea: 2 })]);
    await waitUntil('the verdict', async () => (await onhand.verdicts()).length === 1);
    await onhand.settled();
    await processor.stop();
    planting = await createConnection(connectionOptions(onhand.settings, 'migrate'));
    for (const table of ['outbox', 'orders']) {
      await planting.query(`CREATE TABLE kept_${table} SELECT * FROM ${table}`);
    }
  });
  after(async () => {
    await planting?.end();
    await onhand?.close();
  });

  const verify = (): Promise<Verification> =>
    verifyEngines(onhand.settings, silentLogger, onhand.admin);
  const findings = async () => (await verify()).findings;
  it('finds nothing where nothing is wrong', async () => {
    const { findings, lines, lanes: verified, counts } = await verify();
    expect(findings).to.deep.equal([]);
    expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(verified).to.have.length(6);
    // An event each, and a reply to the order; a command and a verdict. Offsets skip the markers.
    for (const [engine, events] of [
      ['stock', 5],
      ['order', 2],
    ] as const) {
      const found = verified.find((it) => it.engine === engine && it.lane === lanes[engine]);
      expect(found).to.include({ events });
    }
    expect(Object.fromEntries(counts)).to.deep.equal({
      StockReceived: 1,
      StockReserved: 2,
      ReservationConfirmed: 1,
      OrderStockReserved: 1,
    });
  });

  for (const { engine, fault, plant, undo, where } of faults) {
    it(`finds ${fault}`, async () => {
      await planting.query(plant);
      try {
        const found = await findings();
        const places = found.map((it) => `${it.engine} ${it.lane} ${it.where}`);
        expect([...new Set(places)]).to.deep.equal([`${engine} ${lanes[engine]} ${where}`]);
      } finally {
        await planting.query(undo);
      }
      expect(await findings()).to.deep.equal([]);
    });
  }

  it('says what parts an order from its log', async () => {
    const set = (granted: number) =>
      planting.query(`UPDATE orders SET state = JSON_SET(state, '$.lines[0].granted', ${granted})`);
    const place = { engine: 'order', lane: lanes.order, where: 'orders' };
    await set(1);
    const [first, ...more] = await findings();
    await set(2);
    const what = 'order order-1, lines.0.granted';
    expect(first).to.deep.equal({ ...place, what, expected: '2', found: '1' });
    expect(more).to.be.empty;
  });
});
