import { expect } from 'chai';
import fc from 'fast-check';
import { type Connection, createConnection } from 'mysql2/promise';
import { connectionOptions, inTransaction } from '../storage/database.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type LaneId, claimLane } from '../storage/progress.ts';
import {
  historyPolicy,
  historyRecords,
  parkingHistories,
  stockHistories,
} from '../testing/stockHistory.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { positionKey } from './handlerError.ts';
import { LaneReplay } from './laneReplay.ts';
import type { LaneRecord } from './laneRecord.ts';
import { SliceTransaction } from './sliceTransaction.ts';
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

describe('a stock lane, against a fold of its log', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let emptying: Connection;
  before(async () => {
    database = await testDatabase();
    emptying = await createConnection(connectionOptions(database.settings, 'migrate'));
  });
  after(async () => {
    await emptying?.end();
    await database?.close();
  });

  /** What the lane writes, slice by slice, with looks ahead; those decisions fail. */
  async function applied(
    records: readonly LaneRecord[],
    sizes: readonly number[],
    failed: readonly FailedDecision[],
  ) {
    const { pool } = database;
    for (const table of tables) await emptying.query('DELETE FROM ??', [table]);
    const work = new StockLane(pool, id.lane, historyPolicy);
    let progress = await inTransaction(pool, (connection) => claimLane(connection, id, 'test'));
    const entries = work.decode(records, id, 0);
    const rows: OutboxRow[] = [];
    for (let turn = 0, from = 0; from < entries.length; turn++) {
      const wanted = sizes[turn % sizes.length] ?? 1;
      const limits = { commandsMax: wanted, bytesMax: 1_000_000 };
      const slice = entries.slice(from, from + work.cut(entries.slice(from), limits));
      const own = failed.filter(({ at }) => at >= from && at < from + slice.length);
      const poison = new Map(own.map((one) => [positionKey(one), one]));
      from += slice.length;
      const transaction = SliceTransaction.alone(pool);
      const result = work.apply(transaction, progress, slice, from, poison);
      // Sometimes less than the next slice, sometimes more, sometimes not at all.
      if (turn % 4 < 3) work.lookAhead(entries.slice(from, from + wanted + (turn % 3) - 1));
      const applied = await result;
      rows.push(...applied.rows);
      progress = applied.progress;
    }
    return rows;
  }

  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
  async function expectAsFolded(
    records: LaneRecord[],
    given: readonly number[],
    failed: readonly FailedDecision[],
  ) {
    const folded = new LaneReplay(id, historyPolicy, failed).apply(records);
    expect(lastIdsOf(await applied(records, given, failed))).to.deep.equal(lastIdsOf(folded));
  }

  it('decides the same, whatever the slice before has changed', async () => {
    await fc.assert(
      fc.asyncProperty(stockHistories(120), sizes, (history, given) =>
        expectAsFolded(historyRecords(history), given, []),
      ),
      { numRuns: 40 },
    );
  });

  it('decides the same when commands are parked, retried and skipped', async () => {
    await fc.assert(
      fc.asyncProperty(parkingHistories(80), sizes, ({ history, failed }, given) =>
        expectAsFolded(historyRecords(history), given, failed),
      ),
      { numRuns: 60 },
    );
  });
});
