import { expect } from 'chai';
import type { Pool } from 'mysql2/promise';
import { inTransaction } from '../storage/database.ts';
import { type Progress, claimLane, readProgress } from '../storage/progress.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { watchedPool } from '../testing/watchedPool.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type SliceSize, SliceRounds } from './sliceRounds.ts';
import type { SliceTransaction } from './sliceTransaction.ts';

const limits = { commandsMax: 100, bytesMax: 1000 };

describe('slices of several lanes', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let lanes = 0;
  /** What went to MySQL, a packet each, and how often a transaction ended well. */
  let packets: string[] = [];
  let commits = 0;
  let recording: Pool;
  before(async () => {
    database = await testDatabase();
    recording = watchedPool(database.pool, (sql) => {
      if (sql === 'COMMIT') commits++;
      else packets.push(sql);
    });
  });
  beforeEach(() => {
    packets = [];
    commits = 0;
  });
  after(() => database?.close());

  const claim = () =>
    inTransaction(database.pool, (connection) => {
      const id = { engine: 'stock', lane: lanes++, topicId: 't'.repeat(22) } as const;
      return claimLane(connection, { ...id, partitionCount: 64 }, 'test');
    });
  const claims = (count: number) => Promise.all(Array.from({ length: count }, claim));
  const size =
    (commands = 1, bytes = 1) =>
    () => ({ commands, bytes });
  const positions = (of: readonly Progress[]) =>
    Promise.all(
      of.map(async ({ lane }) => (await readProgress(database.pool, 'stock', lane))?.nextOffset),
    );
  /** Reads its progress, and moves it by one. */
  const step = (from: Progress) => async (transaction: SliceTransaction) => {
    await readProgress(transaction.reader, from.engine, from.lane);
    await transaction.commit({
      from,
      to: { ...from, nextOffset: from.nextOffset + 1 },
      outbox: [],
    });
  };

  it('that wait together are read in one packet and saved in one transaction', async () => {
    const of = await claims(3);
    const rounds = new SliceRounds(recording, limits, 1);
    await Promise.all(of.map((from) => rounds.run(size(), step(from))));
    expect({ packets: packets.length, commits }).to.deep.equal({ packets: 2, commits: 1 });
    expect(await positions(of)).to.deep.equal([1, 1, 1]);
  });

  it('are all told to go alone when one is fenced, and nothing is saved', async () => {
    const of = await claims(3);
    await inTransaction(database.pool, (connection) => claimLane(connection, of[1]!, 'other'));
    const rounds = new SliceRounds(recording, limits, 1);
    const run = (of: Progress[], each: () => SliceSize) =>
      Promise.all(
        of.map((from) => rounds.run(each, step(from)).catch((error: Error) => error.name)),
      );
    expect(await run(of, size())).to.deep.equal(['RoundError', 'RoundError', 'RoundError']);
    expect(await positions(of)).to.deep.equal([0, 0, 0]);
    expect(await run(of, size(Infinity))).to.deep.equal([undefined, 'FencedError', undefined]);
    expect(await positions(of)).to.deep.equal([1, 0, 1]);
  });

  it('do not wait for one that fails before it has anything to save', async () => {
    const of = await claims(2);
    const rounds = new SliceRounds(recording, limits, 1);
    const failing = rounds.run(size(), () => Promise.reject(new Error('not decided')));
    await Promise.all([
      rounds.run(size(), step(of[0]!)),
      rounds.run(size(), step(of[1]!)),
      failing.catch((error: Error) => expect(error.message).to.equal('not decided')),
    ]);
    expect(commits).to.equal(1);
    expect(await positions(of)).to.deep.equal([1, 1]);
  });

  it('go together as far as a transaction may hold, in the order in which they came', async () => {
    const rounds = new SliceRounds(recording, limits, 1);
    const running: string[] = [];
    let goOn: () => void = () => undefined;
    const sizes: Record<string, SliceSize> = {
      a: { commands: 60, bytes: 1 },
      b: { commands: 40, bytes: 1 },
      large: { commands: 1_000, bytes: 1 },
      c: { commands: 1, bytes: 600 },
      d: { commands: 1, bytes: 600 },
    };
    const all = Object.entries(sizes).map(([name, of]) =>
      rounds.run(
        () => of,
        () => {
          running.push(name);
          return new Promise<void>((resolve) => (goOn = chained(goOn, resolve)));
        },
      ),
    );
    for (const expected of [['a', 'b'], ['large'], ['c'], ['d']]) {
      await waitUntil('a round', () => running.length >= expected.length);
      expect(running.splice(0)).to.deep.equal(expected);
      goOn();
    }
    await Promise.all(all);
  });
});

function chained(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}
