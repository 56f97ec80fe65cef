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

  it('are several packets when they are too long for one, in their order', async () => {
    const writer = together(pool);
    const long = ['a', 'b', 'c'].map((letter) => letter.repeat(1_000_000));
    const answers = await Promise.all(long.map((value) => one(writer, value)));
    expect(answers.map((value) => String(value).slice(0, 1))).to.deep.equal(['a', 'b', 'c']);
    expect(packets).to.have.length(3);
  });

  it('send no packet after one that failed', async () => {
    const writer = together(pool);
    const failure = await allOf([
      writer.query('SELECT no_such_column FROM progress'),
      one(writer, 'a'.repeat(1_300_000)),
    ]).catch((error: unknown) => (error as { code: string }).code);
    expect(failure).to.equal('ER_BAD_FIELD_ERROR');
    expect(packets).to.have.length(1);
  });

  it('send nothing when the server would end the connection for one of them', async () => {
    const writer = together(pool, 4_194_304);
    const failure = await allOf([one(writer, 1), one(writer, 'é'.repeat(2_097_152))]).catch(
      (error: unknown) => error,
    );
    expect(failure).to.include({ code: 'MYSQL_PACKET_TOO_LARGE' });
    expect((failure as Error).message).to.match(/statement of 419\d{4} bytes/);
    expect(packets).to.deep.equal([]);
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
