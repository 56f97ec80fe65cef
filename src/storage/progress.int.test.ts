import { expect } from 'chai';
import { inTransaction } from './database.ts';
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
    const start = { nextOffset: 0, outboxSequence: 0, logTime: 0, epoch: 1 };
    expect(claimed).to.deep.equal({ ...id, ...start });
    expect(await readProgress(database.pool, 'stock', 0)).to.deep.equal(claimed);
  });

  it('gives every claim an epoch of its own, also at the same time', async () => {
    const lane = { ...id, lane: 1 };
    const claims = await Promise.all([1, 2, 3, 4].map(() => claim(lane)));
    expect(claims.map(({ epoch }) => epoch)).to.have.members([1, 2, 3, 4]);
  });

  it('moves from where it is, and only there', async () => {
    const from = await claim({ ...id, lane: 2 });
    const to = { ...from, nextOffset: 10, outboxSequence: 12, logTime: 1_700_000_000_000 };
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
