import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import { createKafka } from '../messaging/kafkaClient.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { connectionOptions } from '../storage/database.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { type Verification, verifyStock } from './verifyStock.ts';

const lane = partitionOf('tea', 3);
/** Each with what undoes it, and where it must be found. */
const faults: [what: string, plant: string, undo: string, where: string[]][] = [
  [
    'a unit that appeared',
    'UPDATE stock_levels SET on_hand = on_hand + 1',
    'UPDATE stock_levels SET on_hand = on_hand - 1',
    ['stock_levels'],
  ],
  [
    'a deadline that moved',
    'UPDATE reservations SET expires_at = expires_at + 1',
    'UPDATE reservations SET expires_at = expires_at - 1',
    ['reservations'],
  ],
  [
    'a reservation of an order that never was',
    `INSERT INTO reservations (lane, order_id, sku, location, granted, pending, confirmed, released,
       expired, returned, started_at, expires_at, tombstone)
     SELECT lane, 'o-x', sku, location, granted, 0, 0, granted, 0, 0, started_at, expires_at, 0
     FROM reservations`,
    `DELETE FROM reservations WHERE order_id = 'o-x'`,
    ['reservations'],
  ],
  [
    'a last outbox row that is gone',
    'DELETE FROM outbox WHERE sequence = 3',
    'INSERT INTO outbox SELECT * FROM kept WHERE sequence = 3',
    ['outbox'],
  ],
  [
    'an outbox row that nothing has caused',
    `INSERT INTO outbox SELECT engine, lane, 4, kind, NULL, time, record_key, headers, value
     FROM kept WHERE sequence = 3`,
    'DELETE FROM outbox WHERE sequence = 4',
    ['outbox'],
  ],
  [
    'a log time that was turned back',
    'UPDATE progress SET log_time = log_time - 1 WHERE next_offset > 0',
    'UPDATE progress SET log_time = log_time + 1 WHERE next_offset > 0',
    ['progress'],
  ],
  [
    'progress beyond the end of the log',
    'UPDATE progress SET next_offset = next_offset + 1 WHERE next_offset > 0',
    'UPDATE progress SET next_offset = next_offset - 1 WHERE next_offset > 0',
    ['progress'],
  ],
];

describe('verifyStock', function () {
  this.timeout(20_000);
  let onhand: TestInstallation;
  let planting: Connection;
  before(async () => {
    onhand = await testInstallation();
    const { receive, reserve, confirm } = commandsFor('tea');
    await onhand.send([receive(10), reserve('o-1', 3), confirm('o-1')]);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
    planting = await createConnection(connectionOptions(onhand.settings, 'migrate'));
    await planting.query('CREATE TABLE kept SELECT * FROM outbox');
  });
  after(async () => {
    await planting?.end();
    await onhand?.close();
  });

  const verify = (): Promise<Verification> =>
    verifyStock(onhand.settings, silentLogger, onhand.admin);
  const places = async () => {
    const { findings } = await verify();
    expect(findings.every((finding) => finding.lane === lane)).to.be.true;
    return [...new Set(findings.map(({ where }) => where))];
  };

  it('finds nothing where nothing is wrong', async () => {
    const { findings, lines, lanes } = await verify();
    expect(findings).to.deep.equal([]);
    expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(lanes.find((it) => it.lane === lane)).to.deep.equal({ lane, offset: 3, events: 3 });
  });

  for (const [what, plant, undo, where] of faults) {
    it(`finds ${what}`, async () => {
      await planting.query(plant);
      try {
        expect(await places()).to.deep.equal(where);
      } finally {
        await planting.query(undo);
      }
      expect(await places()).to.deep.equal([]);
    });
  }

  it('finds an event that was published twice, also when it is the last', async () => {
    const producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer();
    const last = (await onhand.read('stockEvents')).at(-1)!;
    await producer.connect();
    await producer.send({ topic: onhand.topics.stockEvents.name, messages: [last] });
    await producer.disconnect();
    const { findings, lines } = await verify();
    expect(findings).to.deep.equal([
      { lane, where: 'Kafka', what: 'records published', expected: '3 at most', found: '4' },
    ]);
    expect(lines.some(({ ok }) => !ok)).to.be.true;
  });
});
