import { expect } from 'chai';
import fc from 'fast-check';
import type { RowDataPacket } from 'mysql2/promise';
import type { Order, OrderPhase } from '../domain/order/orderState.ts';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { inTransaction } from '../storage/database.ts';
import { type FailedDecision, readFailedDecisions } from '../storage/failedDecisions.ts';
import { type OutboxRow, readOutbox } from '../storage/outbox.ts';
import { type LaneId, type Progress, claimLane } from '../storage/progress.ts';
import { play, scenario } from '../testing/orderScenario.ts';
import { orderPolicy } from '../testing/orderSpec.ts';
import { type EmptiedDatabase, emptiedDatabase } from '../testing/emptiedDatabase.ts';
import { positionKey } from './handlerError.ts';
import type { LaneRecord } from './laneRecord.ts';
import { OrderLane } from './orderLane.ts';
import { OrderReplay } from './orderReplay.ts';
import { SliceTransaction } from './sliceTransaction.ts';

// The topic of the scenario's log, whose first position is 1: replies quote it.
const id: LaneId = { engine: 'order', lane: 0, topicId: 'T'.repeat(22), partitionCount: 1 };
const tables = ['progress', 'orders', 'outbox', 'failed_decisions'];

/** How a lane goes through its log: slices of at most so many records, and what befalls it. */
const course = fc.record({
  slices: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
  forgets: fc.boolean(),
  /** Places of records, in parts of the log: one is not decided, one is not readable. */
  poisoned: fc.double({ min: 0, max: 0.999, noNaN: true }),
  broken: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
type Course = typeof course extends fc.Arbitrary<infer Value> ? Value : never;

describe('OrderReplay of what an OrderLane was fed', function () {
  this.timeout(180_000);
  let database: EmptiedDatabase;
  before(async () => {
    database = await emptiedDatabase(tables);
  });
  after(() => database?.close());

  /** Lets a lane of its own go through the log. */
  async function run(records: readonly LaneRecord[], given: Course): Promise<Progress> {
    const { pool } = database;
    const work = new OrderLane(0, orderPolicy);
    let progress = await inTransaction(pool, (connection) => claimLane(connection, id, 'test'));
    const poisoned = records[Math.floor(given.poisoned * records.length)]!.offset;
    for (let turn = 0, from = 0; from < records.length; turn++) {
      const commandsMax = given.slices[turn % given.slices.length]!;
      const entries = work.decode(records.slice(from), id, progress.logTime);
      const slice = entries.slice(0, work.cut(entries, { commandsMax, bytesMax: 1_000_000 }));
      const end = slice.at(-1)!.record.offset + 1;
      const failed = { at: poisoned, offset: poisoned, reason: 'a bug' };
      const isPoisoned = progress.nextOffset <= poisoned && poisoned < end;
      const poison = new Map(isPoisoned ? [[positionKey(failed), failed]] : []);
      const result = await work.apply(SliceTransaction.alone(pool), progress, slice, end, poison);
      progress = result.progress;
      from += result.taken;
      if (given.forgets) work.forget();
    }
    return progress;
  }

  async function storedOrders() {
    const [rows] = await database.pool.query<RowDataPacket[]>(
      'SELECT order_id AS orderId, state FROM orders',
    );
    return new Map(rows.map(({ orderId, state }) => [orderId as string, state as unknown]));
  }

  it('is what that has left in MySQL, however the log was sliced', async () => {
    const kinds = new Set<OutboxRow['kind']>();
    const phases = new Set<OrderPhase>();
    await fc.assert(
      fc.asyncProperty(scenario, course, async (history, given) => {
        const { pool } = database;
        await database.empty();
        const world = play(history);
        const records = world.orderLog.records.map(({ message, time }, index): LaneRecord => {
          const value = encodeOrderEvent(message);
          return { offset: index + 1, timestamp: time, key: null, value, headers: {} };
        });
        const broken = records[Math.floor(given.broken * records.length)]!;
        broken.value = broken.value!.subarray(0, 12);

        const progress = await run(records, given);
        const failed = await readFailedDecisions(pool, 'order', 0);
        const replay = new OrderReplay(id, orderPolicy, failed);
        const rows = replay.apply(records);
        const limits = { rowsMax: 10_000, bytesMax: 100_000_000 };
        const stored = await readOutbox(pool, 'order', 0, 0, limits);
        expect(stored.map(plain)).to.deep.equal(rows.map(plain));
        expect(await storedOrders()).to.deep.equal(replay.state.orders);
        const { nextOffset, outboxSequence, logTime } = progress;
        expect(replay.progress).to.include({ nextOffset, outboxSequence, logTime });
        expectSameFromMiddle(records, failed, given, replay, rows);
        for (const { kind } of rows) kinds.add(kind);
        for (const { head } of replay.state.orders.values()) phases.add(head.phase);
      }),
      { numRuns: 40 },
    );
    expect([...kinds].sort()).to.deep.equal(['command', 'dead-letter', 'verdict']);
    expect([...phases]).to.include.members(['confirmed', 'rejected', 'cancelled', 'expired']);
  });
});

/** A replay that goes on from the orders of another one, as from a checkpoint, ends like one. */
function expectSameFromMiddle(
  records: readonly LaneRecord[],
  failed: readonly FailedDecision[],
  { broken }: Course,
  whole: OrderReplay,
  rows: readonly OutboxRow[],
): void {
  const middle = Math.floor(broken * records.length);
  const first = new OrderReplay(id, orderPolicy, failed);
  const halves = first.apply(records.slice(0, middle));
  const second = new OrderReplay(id, orderPolicy, failed);
  for (const order of first.state.orders.values()) {
    second.putOrder(JSON.parse(JSON.stringify(order)) as Order);
  }
  second.resume(first.progress);
  halves.push(...second.apply(records.slice(middle)));
  expect(halves.map(plain)).to.deep.equal(rows.map(plain));
  expect(second.state.orders).to.deep.equal(whole.state.orders);
  expect(second.progress).to.deep.equal(whole.progress);
}

function plain({ sequence, kind, commandId, time, key, headers, value }: OutboxRow) {
  const keyText = key === null ? null : String(key);
  return { sequence, kind, commandId, time, key: keyText, headers, value: value?.toString('hex') };
}
