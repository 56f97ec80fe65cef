import { setImmediate as endOfTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { AskingCommand } from '../src/domain/commands.ts';
import { policyOf } from '../src/engine/policyOf.ts';
import type { SliceLimits } from '../src/engine/sliceLimits.ts';
import { SliceRounds } from '../src/engine/sliceRounds.ts';
import { StockLane } from '../src/engine/stockLane.ts';
import { decodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import { InvariantError } from '../src/ops/errors.ts';
import { inTransaction, openDatabase } from '../src/storage/database.ts';
import { readOutbox } from '../src/storage/outbox.ts';
import { type LaneId, claimLane } from '../src/storage/progress.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { expectUnbroken } from '../src/testing/expectUnbroken.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type MysqlProxy, mysqlProxy } from '../src/testing/mysqlProxy.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { recordsOf } from '../src/testing/recordsOf.ts';
import { foldedStock, storedStock } from '../src/testing/storedStock.ts';
import { storedTables } from '../src/testing/storedTables.ts';
import { type TestDatabase, testDatabase } from '../src/testing/testDatabase.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { watchedPool } from '../src/testing/watchedPool.ts';
import { Lane } from './lane.ts';

const partitionCount = 64;
const everything = { rowsMax: 100_000, bytesMax: 2 ** 30 };

describe('Lane', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let proxy: MysqlProxy;
  /** Leads through the proxy. */
  let pool: Pool;
  let lanes = 0;
  let running: Lane | undefined;
  before(async () => {
    database = await testDatabase();
    proxy = await mysqlProxy(database.settings);
    pool = openDatabase(proxy.settings, 'app', 4);
  });
  afterEach(() => running?.stop());
  after(async () => {
    await pool?.end();
    await proxy?.close();
    await database?.close();
  });

  /** A lane of its own for each test, with a SKU that is at home there, and what it reported. */
  async function newLane(
    limits: SliceLimits = { commandsMax: 100, bytesMax: 1_000_000 },
    through = pool,
  ) {
    const id: LaneId = { engine: 'stock', lane: lanes++, topicId: 't'.repeat(22), partitionCount };
    const claim = () => inTransaction(database.pool, (on) => claimLane(on, id, 'test'));
    const reports: string[] = [];
    const errors: unknown[] = [];
    const rounds = new SliceRounds(through, limits, 2);
    const lane = new Lane(
      through,
      await claim(),
      new StockLane(through, id.lane, policyOf(database.settings)),
      limits,
      {
        onCommitted: (_, result) => reports.push(result ? 'committed' : 'found committed'),
        onRetry: () => reports.push('retry'),
        onRoom: () => reports.push('room'),
        onFenced: () => reports.push('fenced'),
        onHalted: (error) => {
          reports.push('halted');
          errors.push(error);
        },
      },
      silentLogger,
      rounds,
    );
    running = lane;
    let sku = 0;
    while (partitionOf(`sku-${sku}`, partitionCount) !== id.lane) sku++;
    const commands = commandsFor(`sku-${sku}`);
    const accept = (asked: AskingCommand[], offset = 0) =>
      lane.accept(recordsOf(asked, offset), offset + asked.length);
    const events = async () => {
      const rows = await readOutbox(database.pool, 'stock', id.lane, 0, everything);
      return rows.map(({ value }) => decodeStockEvent(value));
    };
    const reached = (offset: number) =>
      waitUntil(`offset ${offset}`, () => lane.progress.nextOffset === offset);
    return { id, lane, rounds, claim, reports, errors, commands, accept, events, reached };
  }

  for (const lost of ['statement', 'answer'] as const) {
    for (const text of [
      'START TRANSACTION',
      'STRAIGHT_JOIN progress',
      'STRAIGHT_JOIN stock_levels',
      'INSERT INTO reservations',
      'INSERT INTO outbox',
      'COMMIT',
    ]) {
      it(`applies a slice once whose ${text} lost its ${lost}`, async () => {
        const { id, lane, reports, commands, accept, events, reached } = await newLane();
        const { receive, reserve } = commands;
        accept([receive(10)]);
        await reached(1);
        const cuts = proxy.cuts;
        proxy.cutAt(text, lost, 150);
        accept([reserve('o-1', 3), receive(1)], 1);
        await reached(3);
        accept([reserve('o-2', 8)], 3);
        await reached(4);
        await lane.stop();

        expect(proxy.cuts, 'cuts').to.equal(cuts + 1);
        const wasDone = text === 'COMMIT' && lost === 'answer';
        expect(reports.filter((report) => report !== 'retry')).to.deep.equal([
          'committed',
          wasDone ? 'found committed' : 'committed',
          'committed',
        ]);
        const all = await events();
        expectUnbroken(all);
        expect(all.map(({ offset }) => offset)).to.deep.equal([0, 1, 2, 3]);
        const { levels } = await storedStock(database.pool);
        expect(levels.filter((level) => level.lane === id.lane)).to.deep.equal(
          foldedStock(all).levels,
        );
      });
    }
  }

  /** Enough that slices are decided ahead. */
  const manyLimits = { commandsMax: 500, bytesMax: 1_000_000 };
  const many = ({ receive, reserve }: ReturnType<typeof commandsFor>) => [
    receive(1_500),
    ...Array.from({ length: 2_199 }, (_, order) => reserve(`o-${order}`, 1)),
  ];

  it('sends the rows of the next slice while one commits', async () => {
    let outboxes = 0;
    let onSecond: () => void = () => undefined;
    const second = new Promise<void>((resolve) => (onSecond = resolve));
    const waiting = watchedPool(pool, async (sql) => {
      // The first COMMIT waits until the second slice is there.
      if (sql === 'COMMIT') await second;
      if (sql.includes('INSERT INTO outbox') && ++outboxes === 2) onSecond();
    });
    const { commands, accept, reports, events, reached } = await newLane(manyLimits, waiting);
    accept(many(commands));
    await reached(2_200);
    expect(reports.filter((report) => report !== 'room')).to.deep.equal(Array(5).fill('committed'));
    expectUnbroken(await events());
  });

  for (const lost of ['statement', 'answer'] as const) {
    for (const text of ['STRAIGHT_JOIN progress', 'INSERT INTO outbox', 'COMMIT']) {
      for (const slice of [1, 2, 3]) {
        it(`applies all once when the ${text} of slice ${slice} loses its ${lost}`, async () => {
          const { id, commands, accept, events, reached } = await newLane(manyLimits);
          const cuts = proxy.cuts;
          proxy.cutAt(text, lost, 20, slice - 1);
          accept(many(commands));
          await reached(2_200);
          expect(proxy.cuts, 'cuts').to.equal(cuts + 1);
          const all = await events();
          expectUnbroken(all);
          expect(all.map(({ offset }) => offset)).to.deep.equal([...Array(2_200).keys()]);
          const { levels } = await storedStock(database.pool);
          expect(levels.filter((level) => level.lane === id.lane)).to.deep.equal(
            foldedStock(all).levels,
          );
        });
      }
    }
  }

  it('halves a slice that fails again and again until it passes', async () => {
    const picky = watchedPool(pool, (sql) => {
      if (sql.split("'event', 'c-").length > 30)
        throw Object.assign(new Error('too much'), { code: 'ER_LOCK_TABLE_FULL' });
    });
    const { lane, commands, accept, reports, events, reached } = await newLane(undefined, picky);
    accept(Array.from({ length: 100 }, () => commands.receive(1)));
    await waitUntil('the reason', () => lane.failing?.reason === 'too much');
    await reached(100);
    expect(lane.failing).to.equal(undefined);
    expect(reports.filter((report) => report === 'committed').length).to.be.above(3);
    const all = await events();
    expectUnbroken(all);
    expect(all.map(({ offset }) => offset)).to.deep.equal([...Array(100).keys()]);
  });

  it('waits for a MySQL that is away, and stops when it is told to', async () => {
    const { lane, commands, accept, reports } = await newLane();
    proxy.cutAt('STRAIGHT_JOIN progress', 'statement', 300);
    accept([commands.receive(1)]);
    await waitUntil('a retry', () => reports.includes('retry'));
    await lane.stop();
    expect(reports.filter((report) => report !== 'retry')).to.deep.equal([]);
    await sleep(300);
  });

  it('applies records once that are delivered again', async () => {
    const { lane, commands, accept, events, reached } = await newLane();
    const asked = [commands.receive(1), commands.receive(2), commands.receive(3)];
    accept(asked.slice(0, 2));
    accept(asked);
    await reached(3);
    accept(asked);
    await lane.stop();
    expect((await events()).map(({ offset }) => offset)).to.deep.equal([0, 1, 2]);
  });

  it('says that it has room again, also when it became full in the middle of a slice', async () => {
    const limits = { commandsMax: 2, bytesMax: 1_000_000 };
    const { lane, commands, accept, reports, reached } = await newLane(limits);
    accept([commands.receive(1)]);
    // After the second turn the first slice is under way.
    await endOfTurn();
    await endOfTurn();
    const asked = [1, 2, 3, 4, 5, 6, 7].map((units) => commands.receive(units));
    accept(asked.slice(0, 6), 1);
    expect(lane.isFull).to.be.false;
    accept(asked.slice(6), 7);
    expect(lane.isFull).to.be.true;
    await reached(8);
    await lane.stop();
    expect(reports.filter((report) => report === 'room')).to.have.length(1);
  });

  it('holds less where other lanes wait for their turn, and has room again later', async () => {
    const limits = { commandsMax: 2, bytesMax: 1_000_000 };
    const { lane, rounds, commands, accept, reports, reached } = await newLane(limits);
    let letOn: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (letOn = resolve));
    const size = () => ({ commands: 2, bytes: 0 });
    const others = [rounds.run(size, () => first), rounds.run(size, () => Promise.resolve())];
    await endOfTurn();
    accept([1, 2, 3, 4, 5, 6].map((units) => commands.receive(units)));
    expect(lane.isFull).to.be.true;
    // Nobody waits any more when this comes.
    setTimeout(letOn, 20);
    await reached(6);
    accept([commands.receive(7)], 6);
    await reached(7);
    await Promise.all([...others, lane.stop()]);
    expect(lane.isFull).to.be.false;
    expect(reports.filter((report) => report === 'room')).to.have.length(1);
  });

  it('is full by bytes, too', async () => {
    const { lane, commands, accept } = await newLane({ commandsMax: 100, bytesMax: 10 });
    accept([commands.receive(1), commands.receive(2)]);
    expect(lane.isFull).to.be.true;
  });

  it('writes nothing any more when another has claimed the lane', async () => {
    const { claim, commands, accept, reports } = await newLane();
    await claim();
    const before = await storedTables(database.pool);
    accept([commands.receive(1)]);
    await waitUntil('the end of the lane', () => reports.includes('fenced'));
    expect(reports).to.deep.equal(['fenced']);
    expect(await storedTables(database.pool)).to.deep.equal(before);
  });

  for (const [what, sql] of [
    ['whose row has another sequence', 'UPDATE stock_levels SET sequence = 7 WHERE lane = ?'],
    ['whose row is gone', 'DELETE FROM stock_levels WHERE lane = ?'],
  ] as const) {
    it(`stops at a stock item ${what}, and writes nothing`, async () => {
      const { id, commands, accept, reports, errors, reached } = await newLane();
      accept([commands.receive(5)]);
      await reached(1);
      await asRoot(sql, id.lane);
      const before = await storedTables(database.pool);
      accept([commands.receive(1)], 1);
      accept([commands.receive(1)], 2);
      await waitUntil('the end of the lane', () => reports.includes('halted'));
      expect(errors[0]).to.be.instanceOf(InvariantError);
      expect(reports).to.deep.equal(['committed', 'halted']);
      expect(await storedTables(database.pool)).to.deep.equal(before);
    });
  }

  /** As nobody may in production: the app user cannot even delete levels. */
  async function asRoot(sql: string, lane: number): Promise<void> {
    const migrating = openDatabase(database.settings, 'migrate', 1);
    await migrating.query<RowDataPacket[]>(sql, [lane]);
    await migrating.end();
  }
});
