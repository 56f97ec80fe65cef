import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import { connectionOptions } from '../storage/database.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { auditRows } from './auditRows.ts';

const set = (change: string) => `UPDATE orders SET state = JSON_SET(state, ${change})`;
const faults: [what: string, plant: string, check: string][] = [
  ['an order under another’s id', set(`'$.head.orderId', 'o-2'`), 'that of the row’s order'],
  ['an order without its id', set(`'$.head', JSON_OBJECT('phase', 'reserved')`), 'row’s order'],
  ['a deadline of a settled order', set(`'$.head.phase', 'confirmed'`), 'a deadline runs only'],
  ['a line with too much', set(`'$.lines[1].granted', 3`), 'granted ≤ requested'],
  ['a line settled twice', set(`'$.lines[0].released', 1`), 'confirmed + released ≤ granted'],
  [
    'a level in a lane that nobody ever had',
    `INSERT INTO stock_levels VALUES (5, 'tea', 'main', 1, 0, 1, 1)`,
    'every row belongs to a lane',
  ],
  [
    'a gap in an order lane’s outbox',
    `DELETE FROM outbox WHERE engine = 'order' AND sequence = 2`,
    'no gap in any outbox sequence',
  ],
  [
    'a gap in a stock lane’s outbox',
    `DELETE FROM outbox WHERE engine = 'stock' AND sequence = 2`,
    'no gap in any outbox sequence',
  ],
];

describe('auditRows', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let planting: Connection;
  before(async () => {
    database = await testDatabase();
    planting = await createConnection(connectionOptions(database.settings, 'migrate'));
    const line = { requested: 2, granted: 2, confirmed: 2, released: 0 };
    const lines = [line, { ...line, granted: 1, confirmed: 0 }];
    const state = JSON.stringify({ head: { orderId: 'o-1', phase: 'reserved' }, lines });
    await planting.query('INSERT INTO orders VALUES (0, ?, ?, 5, 1)', ['o-1', state]);
    const rows = (['stock', 'order'] as const).flatMap((engine) =>
      [1, 2, 3].map((sequence) => [engine, 0, sequence, 'dead-letter', 1]),
    );
    for (const engine of ['stock', 'order']) {
      const lane = [engine, 0, 't'.repeat(22), 1, 9, 3, 1, 1, 'test', null, null, null];
      await planting.query('INSERT INTO progress VALUES (?)', [lane]);
    }
    await planting.query('INSERT INTO outbox (engine, lane, sequence, kind, time) VALUES ?', [
      rows,
    ]);
  });
  after(async () => {
    await planting?.end();
    await database?.close();
  });
  beforeEach(() => planting.beginTransaction());
  afterEach(() => planting.rollback());

  it('has nothing against what is sound', async () => {
    const lines = await auditRows(planting);
    expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(lines.map(({ detail }) => detail)).to.include.members(['1 orders', '6 outbox rows']);
  });

  for (const [what, plant, check] of faults) {
    it(`finds ${what}`, async () => {
      await planting.query(plant);
      const broken = (await auditRows(planting)).filter(({ ok }) => !ok);
      expect(broken).to.have.length(1);
      expect(broken[0]!.check).to.include(check);
      expect(broken[0]!.detail).to.match(/^broken in 1 of/);
    });
  }
});
