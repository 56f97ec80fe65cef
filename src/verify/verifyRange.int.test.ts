import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import { partitionOf } from '../messaging/partitionOf.ts';
import { createCheckpoints } from '../replay/createCheckpoints.ts';
import { connectionOptions } from '../storage/database.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { KeptTables } from '../testing/keptTables.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import type { AskedRange } from './laneRange.ts';
import { holds, verifyEngines } from './verifyEngines.ts';

const lane = partitionOf('tea', 3);

describe('a range that is verified', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let planting: Connection;
  let kept: KeptTables;
  const { receive, reserve } = commandsFor('tea');
  const apply = async (...commands: Parameters<TestInstallation['send']>[0]) => {
    await onhand.send(commands);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
  };
  before(async () => {
    onhand = await testInstallation();
    planting = await createConnection(connectionOptions(onhand.settings, 'migrate'));
    await apply(receive(100), ...[1, 2, 3, 4, 5].map((number) => reserve(`o-${number}`, 1)));
    kept = await KeptTables.keep(planting);
  });
  after(async () => {
    await planting?.end();
    await onhand?.close();
  });

  const verify = (range: AskedRange, partition = lane) =>
    verifyEngines(onhand.settings, { engine: 'stock', partitions: [partition], range });
  /** Offsets at which something was found, after a row by hand. */
  const foundWith = async (change: string, range: AskedRange) => {
    await planting.query(change);
    const { findings } = await verify(range).finally(() => kept.restore());
    return findings.map(({ where, offset }) => `${where} ${offset}`);
  };
  const spoilt = `UPDATE outbox SET time = 1 WHERE engine = 'stock' AND sequence = 3`;

  it('is the whole lane up to its progress unless it is said otherwise', async () => {
    const verification = await verify({ from: 'start' });
    expect(holds(verification)).to.be.true;
    const all = { from: 0, offset: 6, isAtProgress: true, records: 6, events: 6, differences: 0 };
    expect(verification.lanes).to.deep.equal([{ engine: 'stock', lane, ...all, openRecords: 0 }]);
  });

  for (const [what, range, found] of [
    ['whole', { from: 'start' }, ['outbox 2']],
    ['up to it', { from: 'start', to: { offset: 2 } }, []],
    ['up to behind it', { from: 'start', to: { offset: 3 } }, ['outbox 2']],
    ['from it', { from: { offset: 2 } }, ['outbox 2']],
    ['from behind it', { from: { offset: 3 } }, []],
    ['around it', { from: { offset: 2 }, to: { offset: 3 } }, ['outbox 2']],
    ['from a time before all', { from: { time: 1 } }, ['outbox 2']],
  ] satisfies [string, AskedRange, string[]][]) {
    it(`finds a spoilt row only where it is: ${what}`, async () => {
      expect(await foundWith(spoilt, range)).to.deep.equal(found);
    });
  }

  it('that ends before the progress leaves the tables out: they are further', async () => {
    const change = 'UPDATE stock_levels SET on_hand = on_hand + 1';
    expect(await foundWith(change, { from: 'start' })).to.deep.equal(['stock_levels 5']);
    expect(await foundWith(change, { from: 'start', to: { offset: 4 } })).to.deep.equal([]);
    const { lanes } = await verify({ from: 'start', to: { offset: 4 } });
    expect(lanes[0]).to.include({ offset: 4, isAtProgress: false, events: 4 });
  });

  for (const [what, range, code, said] of [
    ['empty', { from: { offset: 3 }, to: { offset: 3 } }, 'RANGE_INVALID', 'empty'],
    ['reversed', { from: { offset: 4 }, to: { offset: 3 } }, 'RANGE_INVALID', 'reversed'],
    ['in the future', { from: { time: Date.now() + 1e9 } }, 'RANGE_INVALID', 'empty'],
    ['begun behind the end', { from: { offset: 99 } }, 'RANGE_BEYOND_LOG', 'ends at 6'],
    ['ended behind the end', { from: 'start', to: { offset: 7 } }, 'RANGE_BEYOND_LOG', 'offset 7'],
    [
      'from a checkpoint that is not there',
      { from: 'checkpoint' },
      'CHECKPOINT_MISSING',
      'up to 6',
    ],
  ] satisfies [string, AskedRange, string, string][]) {
    it(`is refused when it is ${what}`, async () => {
      const { lanes, failures } = await verify(range);
      expect(lanes).to.be.empty;
      expect(failures.map(({ failure }) => failure.code)).to.deep.equal([code]);
      expect(failures[0]?.failure.message).to.include(said);
      expect(failures[0]?.failure.hint).not.to.be.empty;
    });
  }

  it('is refused for a partition that does not exist', async () => {
    const failure = await verify({ from: 'start' }, 7).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'PARTITION_UNKNOWN' });
  });

  it('begins at a checkpoint when retention has cut the log', async () => {
    await createCheckpoints(onhand.settings, { engine: 'stock' }, () => undefined);
    await apply(reserve('o-6', 1), reserve('o-7', 1));
    const topic = onhand.topics.stockCommands.name;
    await onhand.admin.deleteTopicRecords({
      topic,
      partitions: [{ partition: lane, offset: '4' }],
    });

    const cut = await verifyEngines(onhand.settings);
    expect(holds(cut)).to.be.false;
    expect(cut.failures.map(({ failure }) => failure.code)).to.deep.equal(['LOG_CUT']);
    expect(cut.failures[0]?.failure.message).to.include('begins at 4');
    expect(cut.failures[0]?.failure.hint).to.include('--from checkpoint');
    expect(cut.findings).to.deep.equal([]);
    expect(cut.lanes).to.have.length(5);

    const verification = await verify({ from: 'checkpoint' });
    expect(verification.findings).to.deep.equal([]);
    expect(verification.lanes[0]).to.include({ from: 6, offset: 8, records: 2, events: 8 });
    const late = await verify({ from: { offset: 7 } });
    expect(late.lanes[0]).to.include({ from: 7, offset: 8, records: 2, differences: 0 });
    const early = await verify({ from: { offset: 5 } });
    expect(early.failures.map(({ failure }) => failure.code)).to.deep.equal(['LOG_CUT']);
    await planting.query('UPDATE stock_levels SET on_hand = on_hand + 1');
    await planting.query('DELETE FROM outbox WHERE sequence = 8');
    const { findings } = await verify({ from: 'checkpoint' });
    expect(findings.map(({ where, what, offset }) => [where, what, offset])).to.deep.equal([
      ['outbox', 'sequence 8: row', 7],
      ['stock_levels', 'onHand', 7],
    ]);
  });

  it('is refused when the topic has another partition count', async () => {
    const topic = onhand.topics.stockCommands.name;
    await onhand.admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    const { failures } = await verify({ from: 'checkpoint' });
    expect(failures.map(({ failure }) => failure.code)).to.deep.equal(['PARTITION_COUNT_CHANGED']);
  });
});
