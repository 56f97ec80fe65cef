import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { inTransaction } from '../storage/database.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type LaneId, claimLane } from '../storage/progress.ts';
import {
  historyPolicy,
  historyRecords,
  parkingHistories,
  stockHistories,
} from '../testing/stockHistory.ts';
import { type EmptiedDatabase, emptiedDatabase } from '../testing/emptiedDatabase.ts';
import { watchedPool } from '../testing/watchedPool.ts';
import { positionKey } from './handlerError.ts';
import { LaneReplay } from './laneReplay.ts';
import type { LaneRecord } from './laneRecord.ts';
import { SliceTransaction } from './sliceTransaction.ts';
import type { SliceResult } from './laneWork.ts';
import { StockLane } from './stockLane.ts';

const id: LaneId = { engine: 'stock', lane: 0, topicId: 't'.repeat(22), partitionCount: 1 };
const tables = [
  'progress',
  'stock_levels',
  'reservations',
  'parked_commands',
  'failed_decisions',
  'outbox',
];

/** Only the last row of an id keeps it, once its memory has run out. */
function lastIdsOf(rows: readonly OutboxRow[]): OutboxRow[] {
  return rows.map((row, index) => {
    const isLast = !rows.slice(index + 1).some(({ commandId }) => commandId === row.commandId);
    return { ...row, commandId: isLast ? row.commandId : null };
  });
}

/** A slice of at most so many entries, and what is seen of the next one while it commits. */
interface Step {
  size: number;
  looks: 'just the next' | 'not for certain' | 'less' | 'more' | 'not';
  /** The first try's commit fails. */
  isLost: boolean;
  /** The next slice is started before this one is committed, if it is decided. */
  isFollowed: boolean;
}

const plans: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    looks: fc.oneof(
      { weight: 5, arbitrary: fc.constant('just the next' as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom('not for certain' as const, 'less', 'more', 'not'),
      },
    ),
    isLost: fc.oneof(
      { weight: 6, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    isFollowed: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('a stock lane, against a fold of its log', function () {
  this.timeout(120_000);
  let database: EmptiedDatabase;
  before(async () => {
    database = await emptiedDatabase(tables);
  });
  after(() => database?.close());

  /** What the lane writes, slice by slice, as planned; those decisions fail. */
  async function applied(
    records: readonly LaneRecord[],
    plan: readonly Step[],
    failed: readonly FailedDecision[],
  ) {
    await database.empty();
    // Long enough that what does not wait for a commit would be seen.
    const slowly = watchedPool(database.pool, async (sql) => {
      if (sql === 'COMMIT') await sleep(2);
    });
    const work = new StockLane(slowly, id.lane, historyPolicy);
    let progress = await inTransaction(database.pool, (connection) =>
      claimLane(connection, id, 'test'),
    );
    const entries = work.decode(records, id, 0);
    const stepOf = (turn: number) => plan[turn % plan.length]!;
    const sliceAt = (begin: number, turn: number) => {
      const limits = { commandsMax: stepOf(turn).size, bytesMax: 1_000_000 };
      return entries.slice(begin, begin + work.cut(entries.slice(begin), limits));
    };
    const results: Promise<SliceResult>[] = [];
    let before: Promise<SliceResult> | undefined;
    for (let turn = 0, from = 0; from < entries.length; turn++) {
      const { looks, isLost, isFollowed } = stepOf(turn);
      const slice = sliceAt(from, turn);
      const own = failed.filter(({ at }) => at >= from && at < from + slice.length);
      const poison = new Map(own.map((one) => [positionKey(one), one]));
      from += slice.length;
      const next = sliceAt(from, turn + 1);
      const seen = {
        'just the next': next,
        'not for certain': next,
        less: next.slice(0, -1),
        more: entries.slice(from, from + next.length + 1),
      };
      const attempt = (transaction: SliceTransaction) => {
        const result = work.apply(transaction, progress, slice, from, poison);
        if (looks !== 'not') {
          work.lookAhead(transaction.predecessor, seen[looks], looks !== 'not for certain');
        }
        return result;
      };
      if (isLost) {
        await before;
        before = undefined;
        const lost = SliceTransaction.alone(slowly);
        lost.commit = () => Promise.reject(new Error('the connection is lost'));
        await attempt(lost).then(
          () => expect.fail('it was committed'),
          () => work.forget(),
        );
      }
      const transaction = SliceTransaction.alone(slowly);
      const result = attempt(before ? transaction.after(before) : transaction);
      results.push(result);
      if (isFollowed) await Promise.race([transaction.written, result]);
      const ahead = isFollowed ? work.decidedAhead() : undefined;
      before = ahead && result;
      progress = ahead?.from ?? (await result).progress;
    }
    return (await Promise.all(results)).flatMap(({ rows }) => rows);
  }

  async function expectAsFolded(
    records: LaneRecord[],
    plan: readonly Step[],
    failed: readonly FailedDecision[],
  ) {
    const folded = new LaneReplay(id, historyPolicy, failed).apply(records);
    expect(lastIdsOf(await applied(records, plan, failed))).to.deep.equal(lastIdsOf(folded));
  }

  it('decides the same, whatever the slice before has changed', async () => {
    await fc.assert(
      fc.asyncProperty(stockHistories(120), plans, (history, plan) =>
        expectAsFolded(historyRecords(history), plan, []),
      ),
      { numRuns: 60 },
    );
  });

  it('decides the same when commands are parked, retried and skipped', async () => {
    await fc.assert(
      fc.asyncProperty(parkingHistories(80), plans, ({ history, failed }, plan) =>
        expectAsFolded(historyRecords(history), plan, failed),
      ),
      { numRuns: 60 },
    );
  });
});
