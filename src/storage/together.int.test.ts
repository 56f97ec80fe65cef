import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { type Querying, allOf, together } from './together.ts';

describe('statements sent together', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let packets: string[];
  let pool: Querying;
  before(async () => {
    database = await testDatabase();
    const query = (sql: string) => {
      packets.push(sql);
      return database.pool.query(sql);
    };
    pool = { query } as unknown as Querying;
  });
  beforeEach(() => (packets = []));
  after(() => database?.close());

  const one = async (reader: Querying, value: unknown) => {
    const [rows] = await reader.query<RowDataPacket[]>('SELECT ? AS value', [value]);
    return (rows[0] as { value: unknown }).value;
  };

  it('are one packet, answered each', async () => {
    const reader = together(pool);
    const values = ['a', "';DROP TABLE progress;--", 3];
    expect(await Promise.all(values.map((value) => one(reader, value)))).to.deep.equal(values);
    expect(packets).to.have.length(1);
  });

  it('go alone when nothing else is asked', async () => {
    const reader = together(pool);
    expect([await one(reader, 1), await one(reader, 2)]).to.deep.equal([1, 2]);
    expect(packets).to.deep.equal(['SELECT 1 AS value', 'SELECT 2 AS value']);
  });

  it('fail together, and what follows the failed one is not run', async () => {
    const writer = together(pool);
    const failure = await allOf([
      one(writer, 1).then(() => expect.fail('answered')),
      writer.query('SELECT no_such_column FROM progress'),
      writer.query("INSERT INTO failed_decisions VALUES ('stock', 99, 1, 1, 'never')"),
    ]).catch((error: unknown) => (error as { code: string }).code);
    expect(failure).to.equal('ER_BAD_FIELD_ERROR');
    const [rows] = await database.pool.query('SELECT * FROM failed_decisions WHERE lane = 99');
    expect(rows).to.deep.equal([]);
  });
});
