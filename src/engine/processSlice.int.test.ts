import { expect } from 'chai';
import type { AskingCommand } from '../domain/commands.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { inTransaction } from '../storage/database.ts';
import { FencedError, type Progress, claimLane } from '../storage/progress.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { recordsOf } from '../testing/recordsOf.ts';
import { storedStock } from '../testing/storedStock.ts';
import { storedTables } from '../testing/storedTables.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { decodeSlice } from './decodeSlice.ts';
import { LaneState } from './laneState.ts';
import { policyOf } from './policyOf.ts';
import { processSlice } from './processSlice.ts';
import { SliceTransaction } from './sliceTransaction.ts';

const hourMs = 3_600_000;

describe('processSlice', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let lanes = 0;
  before(async () => {
    database = await testDatabase({ ONHAND_COMMAND_MEMORY_HOURS: 1 });
  });
  after(() => database?.close());

  async function claimNew(): Promise<Progress> {
    const lane = lanes++;
    const id = { engine: 'stock', lane, topicId: 't'.repeat(22), partitionCount: 16 } as const;
    return inTransaction(database.pool, (connection) => claimLane(connection, id, 'test'));
  }
  const newState = ({ lane }: Progress) => new LaneState(lane, policyOf(database.settings));
  /** A SKU that is at home in the lane. */
  const skuOf = ({ lane, partitionCount }: Progress, prefix = '') => {
    for (let number = 0; ; number++) {
      if (partitionOf(`${prefix}${number}`, partitionCount) === lane) return `${prefix}${number}`;
    }
  };
  const apply = (state: LaneState, from: Progress, asked: AskingCommand[], time?: number) => {
    const entries = decodeSlice(recordsOf(asked, from.nextOffset, time), from, from.logTime);
    const nextOffset = from.nextOffset + asked.length;
    const transaction = SliceTransaction.alone(database.pool);
    return processSlice(transaction, state, from, entries, nextOffset, new Map());
  };
  const failure = (slice: Promise<unknown>) =>
    slice.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('lets one of two owners of the same position through; the other writes nothing', async () => {
    const from = await claimNew();
    const { receive } = commandsFor(skuOf(from));
    await apply(newState(from), from, [receive(5)]);
    const before = await storedTables(database.pool);
    const error = await failure(apply(newState(from), from, [receive(7)]));
    expect(error).to.be.instanceOf(FencedError);
    expect(await storedTables(database.pool)).to.deep.equal(before);
  });

  it('lets exactly one through when both come at the same time', async () => {
    const from = await claimNew();
    const { receive } = commandsFor(skuOf(from));
    const tries = [1, 2, 3, 4].map((units) => apply(newState(from), from, [receive(units)]));
    const results = await Promise.allSettled(tries);
    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost).to.have.length(3);
    for (const { reason } of lost) expect(reason).to.be.instanceOf(FencedError);
    const { levels } = await storedStock(database.pool);
    expect(levels.filter(({ lane }) => lane === from.lane)).to.have.length(1);
  });

  it('goes on from what it remembers as from what MySQL holds', async () => {
    const from = await claimNew();
    const { receive, reserve, confirm, release } = commandsFor(skuOf(from));
    const state = newState(from);
    const { progress: second } = await apply(state, from, [receive(9), reserve('o-1', 4)]);
    const { progress: third } = await apply(state, second, [confirm('o-1'), reserve('o-2', 5)]);
    const { rows } = await apply(newState(from), third, [release('o-2'), reserve('o-3', 6)]);
    expect(rows.map(({ value }) => decodeStockEvent(value))).to.have.nested.property(
      '[1].reason',
      'INSUFFICIENT_STOCK',
    );
    const { levels } = await storedStock(database.pool);
    const level = levels.find(({ lane }) => lane === from.lane);
    expect(level).to.include({ onHand: 5, reserved: 0, sequence: 6 });
  });

  it('remembers a command id for as long as the settings say, by log time', async () => {
    const from = await claimNew();
    const command = commandsFor(skuOf(from)).receive(1);
    const state = newState(from);
    const first = await apply(state, from, [command], hourMs);
    const second = await apply(state, first.progress, [command], 2 * hourMs - 1);
    expect(second.rows).to.have.length(0);
    const third = await apply(state, second.progress, [command, command], 2 * hourMs);
    expect(third.rows).to.have.length(1);
    const fourth = await apply(newState(from), third.progress, [command], 3 * hourMs - 1);
    expect(fourth.rows).to.have.length(0);
    const { levels } = await storedStock(database.pool);
    expect(levels.find(({ lane }) => lane === from.lane)).to.include({ onHand: 2, sequence: 2 });
  });

  it('does not turn back in time when the clock of the broker does', async () => {
    const from = await claimNew();
    const { receive } = commandsFor(skuOf(from));
    const state = newState(from);
    const { progress } = await apply(state, from, [receive(1)], 2 * hourMs);
    const { rows } = await apply(state, progress, [receive(1)], hourMs);
    expect(decodeStockEvent(rows[0]!.value).time).to.equal(2 * hourMs);
  });

  it('takes thousands of stock items and orders at once, new and known', async () => {
    const from = await claimNew();
    const skus = Array.from({ length: 2000 }, (_, index) => skuOf(from, `${index}-`));
    const state = newState(from);
    const receipts = skus.map((sku) => commandsFor(sku).receive(3));
    const { progress } = await apply(state, from, receipts);
    const orders = skus.flatMap((sku, index) => {
      const { reserve, confirm } = commandsFor(sku);
      return [reserve(`o-${index}`, 2), confirm(`o-${index}`, { quantity: 1 })];
    });
    const { rows } = await apply(state, progress, orders);
    expect(rows).to.have.length(4000);
    const { levels, reservations } = await storedStock(database.pool);
    const own = levels.filter(({ lane }) => lane === from.lane);
    expect(own).to.have.length(2000);
    expect(own.every(({ onHand, reserved }) => onHand === 2 && reserved === 1)).to.be.true;
    expect(reservations.filter(({ lane }) => lane === from.lane)).to.have.length(2000);
  });
});
