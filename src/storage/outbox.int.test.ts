import { expect } from 'chai';
import type { StockEvent } from '../domain/events.ts';
import { levelAfter } from '../domain/stockLevel.ts';
import { encodeStockEvent } from '../messaging/stockEventCodec.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { inTransaction } from './database.ts';
import { type OutboxRow, appendOutbox, readOutbox } from './outbox.ts';

const event: StockEvent = {
  kind: 'StockReceived',
  quantity: 5,
  sku: 'tea',
  location: 'main',
  sequence: 1,
  commandId: 'c-1',
  commandDigest: 1,
  time: 1_700_000_000_000,
  onHandBefore: 0,
  reservedBefore: 0,
  onHandAfter: 5,
  reservedAfter: 0,
};
const cause = { topicId: 't'.repeat(22), partition: 0, offset: 0, index: 0 };

/** A dead letter of 100 bytes, unless told otherwise. */
function row(sequence: number, more: Partial<OutboxRow> = {}): OutboxRow {
  const value = Buffer.alloc(97, sequence);
  const open = { commandId: null, key: Buffer.from('tea'), headers: null, value, level: null };
  return { sequence, kind: 'dead-letter', time: event.time, ...open, ...more };
}

describe('the outbox', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let lane = 0;
  before(async () => {
    database = await testDatabase();
  });
  beforeEach(() => lane++);
  after(() => database?.close());

  const append = (rows: OutboxRow[]) =>
    inTransaction(database.pool, (connection) =>
      appendOutbox(connection, 'stock', [{ lane, rows }]),
    );
  const read = (after: number, rowsMax = 1000, bytesMax = 1_000_000) =>
    readOutbox(database.pool, 'stock', lane, after, { rowsMax, bytesMax });
  const sequences = async (...limits: Parameters<typeof read>) =>
    (await read(...limits)).map(({ sequence }) => sequence);

  it('gives rows back byte by byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const headers = { plain: Buffer.from('word'), any: bytes, twice: [bytes, Buffer.alloc(0)] };
    const rows = [
      row(1, { key: bytes, headers, value: bytes }),
      row(2, { key: null, headers: {}, value: null }),
    ];
    await append(rows);
    expect(await read(0)).to.deep.equal(rows);
  });

  it('finds the level of a stock item in its event', async () => {
    const value = encodeStockEvent(event, cause);
    const nameless = encodeStockEvent({ ...event, sequence: 0 }, cause);
    await append([row(1, { kind: 'event', value }), row(2, { kind: 'event', value: nameless })]);
    const levels = (await read(0)).map(({ level }) => level);
    expect(levels).to.deep.equal([levelAfter(event), null]);
  });

  it('keeps plain words in headers legible', async () => {
    await append([row(1, { headers: { reason: Buffer.from('EMPTY_VALUE') } })]);
    const sql = `SELECT headers->>'$.reason' AS reason FROM outbox WHERE lane = ?`;
    const [rows] = await database.pool.query(sql, [lane]);
    expect(rows).to.deep.equal([{ reason: 'EMPTY_VALUE' }]);
  });

  it('is read after a sequence, in order, up to so many rows', async () => {
    await append([row(3), row(1), row(2), row(4)]);
    expect(await sequences(0)).to.deep.equal([1, 2, 3, 4]);
    expect(await sequences(1, 2)).to.deep.equal([2, 3]);
    expect(await sequences(4)).to.deep.equal([]);
  });

  it('is read up to so many bytes, but for the first row', async () => {
    const large = { key: Buffer.alloc(300), value: null };
    await append([row(1), row(2), row(3), row(4, large), row(5)]);
    expect(await sequences(0, 9, 250)).to.deep.equal([1, 2]);
    expect(await sequences(2, 9, 250)).to.deep.equal([3]);
    expect(await sequences(3, 9, 250)).to.deep.equal([4]);
  });

  it('takes no sequence and no command id twice, but those of other lanes', async () => {
    await append([row(1, { commandId: 'c-1' })]);
    for (const again of [row(1), row(2, { commandId: 'c-1' })]) {
      const error = await append([again]).catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: 'ER_DUP_ENTRY' });
    }
    lane++;
    await append([row(1, { commandId: 'c-1' })]);
    expect(await sequences(0)).to.deep.equal([1]);
  });
});
