import { expect } from 'chai';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { laneTables } from '../storage/laneTables.ts';
import { operatorConnection } from '../storage/operatorConnection.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { createShadow } from '../storage/shadowTables.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { type Prunable, ShadowOutbox } from './shadowOutbox.ts';

const id = { engine: 'stock', lane: 0, topicId: 't'.repeat(22), partitionCount: 1 } as const;
const memoryMs = 1000;
const nothing: Prunable = { before: 0, published: 0, forgottenBefore: 0 };
const table = laneTables.stock.find(({ name }) => name === 'outbox')!;

function row(sequence: number, commandId: string | null, time: number): OutboxRow {
  const value = Buffer.from([sequence]);
  const rest = { key: 'tea', headers: { a: Buffer.from('b') }, value, level: null };
  return { sequence, kind: 'event', commandId, time, ...rest };
}

describe('ShadowOutbox', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let connection: Connection;
  before(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    connection = await operatorConnection(database.settings);
    await createShadow(connection, table);
  });
  afterEach(() => connection?.end());
  after(() => database?.close());

  const stored = async () => {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT sequence, command_id AS commandId FROM shadow_outbox ORDER BY sequence',
    );
    return rows.map(({ sequence, commandId }) => [sequence, commandId] as [number, string | null]);
  };

  it('takes an id that is remembered anew from the row that had it before', async () => {
    const outbox = new ShadowOutbox(connection, id, nothing, memoryMs);
    await outbox.put([row(1, 'a', 0), row(2, 'b', 10)]);
    await outbox.put([row(3, 'a', memoryMs), row(4, null, memoryMs), row(5, 'c', memoryMs)]);
    await outbox.put([row(6, 'c', 3 * memoryMs), row(7, 'c', 5 * memoryMs)]);
    expect(await stored()).to.deep.equal([
      [1, null],
      [2, 'b'],
      [3, 'a'],
      [4, null],
      [5, null],
      [6, null],
      [7, 'c'],
    ]);
    expect(outbox.count).to.equal(7);
  });

  it('does so without ending a transaction once it is sealed', async () => {
    const outbox = new ShadowOutbox(connection, id, nothing, memoryMs);
    await outbox.put([row(1, 'a', 0)]);
    outbox.seal();
    await connection.query('START TRANSACTION');
    await outbox.put([row(2, 'a', memoryMs)]);
    await connection.query('ROLLBACK');
    expect(await stored()).to.deep.equal([[1, 'a']]);
  });

  it('does not keep what is gone, published and forgotten', async () => {
    const prunable: Prunable = { before: 3, published: 2, forgottenBefore: 20 };
    const outbox = new ShadowOutbox(connection, id, prunable, memoryMs);
    await outbox.put([row(1, 'a', 10), row(2, 'b', 20), row(3, 'c', 21)]);
    expect(await stored()).to.deep.equal([
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(outbox.count).to.equal(2);
    const unpublished: Prunable = { before: 3, published: 0, forgottenBefore: 20 };
    const other = new ShadowOutbox(connection, id, unpublished, memoryMs);
    await other.put([row(1, 'a', 10)]);
    expect((await stored()).length).to.equal(3);
  });

  it('is seen by nobody else', async () => {
    const other = await operatorConnection(database.settings);
    const error = await other.query('SELECT * FROM shadow_outbox').then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error)
      .to.have.property('code')
      .that.is.oneOf(['ER_NO_SUCH_TABLE', 'ER_TABLEACCESS_DENIED_ERROR']);
    await other.end();
  });
});
