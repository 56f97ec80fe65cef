import { expect } from 'chai';
import fc from 'fast-check';
import type { RowDataPacket } from 'mysql2/promise';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { rowLiterals } from './rowLiterals.ts';
import { namedRows } from './rowStatements.ts';

interface Read {
  a: number;
  b: string;
  c: Buffer | null;
  d: 0 | 1;
}

describe('rows as SQL', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database?.close());

  it('come back from MySQL as they were, whatever is in them', async () => {
    const marks = ['\0', '\b', '\t', '\n', '\r', '\x1a', '"', "'", '\\', '?', ';', '%', '-', '😀'];
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...marks) }),
      fc.string({ unit: 'binary' }),
    );
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
    const row = fc.tuple(fc.maxSafeInteger(), text, fc.option(bytes), fc.boolean());
    const rows = fc.array(row, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const sql = `SELECT * FROM ${namedRows(given)} AS given (a, b, c, d)`;
        const [found] = await database.pool.query<(RowDataPacket & Read)[]>(sql);
        expect(found.map(({ a, b, c, d }) => [a, b, c, d === 1])).to.deep.equal(given);
      }),
      { numRuns: 60 },
    );
  });

  it('are no more than one statement', async () => {
    const sku = "'); DROP TABLE progress; --";
    await database.pool.query(
      `INSERT INTO stock_levels (lane, sku, location, on_hand, reserved, sequence, known)
       VALUES ${rowLiterals([[1, sku, 'main', 1, 0, 1, true]])}`,
    );
    const [rows] = await database.pool.query<RowDataPacket[]>('SELECT sku FROM stock_levels');
    expect(rows).to.deep.equal([{ sku }]);
  });

  it('refuse what is no number', () => {
    for (const number of [NaN, Infinity]) {
      expect(() => rowLiterals([[number]])).to.throw(RangeError);
    }
  });
});
