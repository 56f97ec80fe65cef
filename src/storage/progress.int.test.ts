import { expect } from 'chai';
import { inTransaction, openConnection } from './database.ts';
import { patientSession } from './session.ts';
import { allOf, together } from './together.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { FencedError, type LaneId, advanceProgress, claimLane, readProgress } from './progress.ts';

const id: LaneId = { engine: 'stock', lane: 0, topicId: 't'.repeat(22), partitionCount: 12 };

describe('the progress of a lane', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database?.close());

  const claim = (of: LaneId, owner = 'test') =>
    inTransaction(database.pool, (connection) => claimLane(connection, of, owner));
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error as Error & { code?: string; hint?: string },
    );

  it('begins at the start of the log', async () => {
    expect(await readProgress(database.pool, 'stock', 0)).to.be.undefined;
    const claimed = await claim(id);
    const start = { nextOffset: 0, outboxSequence: 0, logTime: 0, applied: null };
    expect(claimed).to.deep.equal({ ...id, ...start, epoch: claimed.epoch });
    expect(await readProgress(database.pool, 'stock', 0)).to.deep.equal(claimed);
  });

  it('gives every claim an epoch of its own, also at the same time', async () => {
    const lane = { ...id, lane: 1 };
    const claims = await Promise.all([1, 2, 3, 4].map(() => claim(lane)));
    const epochs = claims.map(({ epoch }) => epoch).sort((a, b) => a - b);
    expect(epochs.map((epoch) => epoch - epochs[0]!)).to.deep.equal([0, 1, 2, 3]);
  });

  it('moves from where it is, and only there', async () => {
    const from = await claim({ ...id, lane: 2 });
    const applied = { offset: 8, time: 1_699_999_999_999, digest: 'd'.repeat(22) };
    const to = { ...from, nextOffset: 10, outboxSequence: 12, logTime: 1_700_000_000_000, applied };
    const advance = (a: typeof from, b: typeof from) =>
      inTransaction(database.pool, (connection) =>
        advanceProgress(connection, 'stock', [{ from: a, to: b }]),
      );
    await advance(from, to);
    expect(await readProgress(database.pool, 'stock', 2)).to.deep.equal(to);
    expect(await failure(advance(from, to))).to.be.instanceOf(FencedError);
    const stale = { ...to, epoch: to.epoch - 1 };
    expect(await failure(advance(stale, to))).to.be.instanceOf(FencedError);
    expect(await readProgress(database.pool, 'stock', 2)).to.deep.equal(to);
  });

  for (const mode of ['', 'ANSI', 'NO_ENGINE_SUBSTITUTION', 'STRICT_ALL_TABLES', 'TRADITIONAL']) {
    it(`is refused to a stale owner, and what comes after it, in sql_mode '${mode}'`, async () => {
      const from = await claim({ ...id, lane: 4 });
      const to = { ...from, nextOffset: from.nextOffset + 10, outboxSequence: 9, logTime: 77 };
      const connection = await database.pool.getConnection();
      await connection.query('SET SESSION sql_mode = ?', [mode]);
      const packet = together(connection);
      const work = [
        packet.query('START TRANSACTION'),
        advanceProgress(packet, 'stock', [{ from: { ...from, epoch: from.epoch - 1 }, to }]),
        packet.query("UPDATE progress SET owner = 'stale' WHERE lane = 4"),
        packet.query('COMMIT'),
      ];
      expect(await failure(allOf(work.slice(1)))).to.be.instanceOf(FencedError);
      await Promise.allSettled(work);
      connection.destroy();
      expect(await readProgress(database.pool, 'stock', 4)).to.deep.equal(from);
      const [rows] = await database.pool.query("SELECT 1 FROM progress WHERE owner = 'stale'");
      expect(rows).to.deep.equal([]);
    });
  }

  it('is not for the owner of a row that is gone, wherever the new one is', async () => {
    const before = await claim({ ...id, lane: 5 });
    const dropping = await openConnection(database.settings, 'migrate', patientSession);
    await dropping.query('DELETE FROM progress WHERE lane = 5');
    await dropping.end();
    const after = await claim({ ...id, lane: 5 });
    expect(after).to.deep.equal({ ...before, epoch: after.epoch });
    const advance = inTransaction(database.pool, (connection) =>
      advanceProgress(connection, 'stock', [{ from: before, to: { ...before, nextOffset: 1 } }]),
    );
    expect(await failure(advance)).to.be.instanceOf(FencedError);
    expect(after.epoch).to.be.greaterThan(before.epoch);
  });

  for (const [code, change] of [
    ['TOPIC_REPLACED', { topicId: 'u'.repeat(22) }],
    ['PARTITION_COUNT_CHANGED', { partitionCount: 13 }],
  ] as const) {
    it(`is not given out for another topic: ${code}`, async () => {
      const lane = { ...id, lane: 3 };
      const { epoch } = await claim(lane);
      const error = await failure(claim({ ...lane, ...change }, 'other'));
      expect(error).to.include({ code });
      expect(error?.hint).not.to.be.empty;
      expect(await readProgress(database.pool, 'stock', 3)).to.deep.include({ ...lane, epoch });
    });
  }
});
