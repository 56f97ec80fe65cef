import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import type { AskingCommand } from '../domain/commands.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { connectionOptions } from '../storage/database.ts';
import { countParked } from '../storage/parkedCommands.ts';
import type { EngineName } from '../storage/progress.ts';
import { startCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { laneContents } from '../testing/laneContents.ts';
import { laneDamages } from '../testing/laneDamages.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import type { LaneChoice } from './chosenLanes.ts';
import { planRebuild, rebuildLanes } from './rebuildLanes.ts';

const lanes: Record<EngineName, number> = {
  stock: partitionOf('tea', 3),
  order: partitionOf('order-1', 3),
};
const ignore = () => undefined;
/** A stock item of the same lane whose commands cannot be decided. */
const cursed = skuOf(lanes.stock);

describe('rebuilding lanes', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let damaging: Connection;
  let undamaged: Awaited<ReturnType<typeof laneContents>>;
  before(async () => {
    onhand = await testInstallation();
    const { receive, reserve, confirm } = commandsFor('tea');
    await onhand.send([receive(10), reserve('o-1', 3), confirm('o-1')]);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await onhand.sendOrders([orderEventsFor('order-1').place({ tea: 2 })]);
    await waitUntil('the verdict', async () => (await onhand.verdicts()).length === 1);
    await onhand.settled();
    await processor.stop();
    await park([commandsFor(cursed).receive(1), commandsFor(cursed).receive(2)]);
    damaging = await createConnection(connectionOptions(onhand.settings, 'migrate'));
    undamaged = await laneContents(damaging);
  });
  after(async () => {
    await damaging?.end();
    await onhand?.close();
  });

  /** Sends commands to a processor that cannot decide them. */
  async function park(commands: readonly AskingCommand[]): Promise<void> {
    await onhand.send(commands);
    const env = { ...settingsEnv(onhand.settings), ONHAND_FAULT: `decide-throws:${cursed}` };
    const child = startCli(['run'], env);
    const isParked = async () => {
      return (await countParked(onhand.pool, lanes.stock))[0]?.waiting === commands.length;
    };
    try {
      await waitUntil('parked commands', isParked, 60_000);
    } finally {
      child.process.kill();
      await child.ended;
    }
  }

  const request = { from: 'start' } as const;
  const plan = () => planRebuild(onhand.settings, request, ignore);
  const rebuild = (choice: LaneChoice = {}) =>
    rebuildLanes(onhand.settings, { ...request, ...choice }, ignore);
  const ends = async () => {
    const all = Object.values(onhand.topics).map(async ({ name }) => {
      const offsets = await onhand.admin.fetchTopicOffsets(name);
      return [name, offsets.map(({ high }) => high)];
    });
    return Object.fromEntries(await Promise.all(all)) as Record<string, string[]>;
  };
  /** All rows but the epochs, and the epochs. */
  const contents = async () => {
    const { progress, ...tables } = await laneContents(damaging);
    const epochs = progress.map(({ epoch }) => epoch as number);
    return {
      tables: { ...tables, progress: progress.map((row) => ({ ...row, epoch: 0 })) },
      epochs,
    };
  };
  const textOf = (tables: object) =>
    Object.entries(tables as Record<string, Record<string, number>>).map(([table, found]) => {
      return `${table} ${found.missing}/${found.surplus}/${found.differing}`;
    });

  it('changes nothing where nothing is wrong, not even an epoch', async () => {
    const { done, failed } = await rebuild();
    expect(failed).to.deep.equal([]);
    expect(done).to.have.length(6);
    expect(done.filter(({ isSame }) => !isSame)).to.deep.equal([]);
    expect(done.reduce((sum, { records }) => sum + records, 0)).to.equal(8);
    expect(await laneContents(damaging)).to.deep.equal(undamaged);
  });

  for (const [what, engine, table, found, ...sql] of laneDamages) {
    it(`mends ${what}, and changes nothing else`, async () => {
      const before = await contents();
      const published = await ends();
      for (const statement of sql) await damaging.query(statement);
      const damaged = await laneContents(damaging);
      expect(damaged).not.to.deep.equal(undamaged);

      const planned = (await plan()).done.filter(({ isSame }) => !isSame);
      expect(planned.map((one) => `${one.engine} ${one.lane}`)).to.deep.equal([
        `${engine} ${lanes[engine]}`,
      ]);
      expect(textOf(planned[0]!.tables)).to.deep.equal([`${table} ${found}`]);
      expect(await laneContents(damaging), 'a plan changes nothing').to.deep.equal(damaged);

      const choice = { engine, partition: [lanes[engine]] };
      const { done, failed } = await rebuild(choice);
      expect(failed).to.deep.equal([]);
      expect(textOf(done.find(({ isSame }) => !isSame)!.tables)).to.deep.equal([
        `${table} ${found}`,
      ]);
      const after = await contents();
      expect(withoutApplied(after.tables)).to.deep.equal(withoutApplied(before.tables));
      const raised = after.epochs.map((epoch, index) => epoch - before.epochs[index]!);
      expect(raised.sort(), 'one owner is fenced').to.deep.equal([0, 0, 0, 0, 0, 1]);
      expect(await ends(), 'nothing is published').to.deep.equal(published);
    });
  }

  it('has nothing left to mend after all that', async () => {
    const before = await laneContents(damaging);
    const { done } = await rebuild();
    expect(done.filter(({ isSame }) => !isSame)).to.deep.equal([]);
    expect(await laneContents(damaging)).to.deep.equal(before);
  });

  it('does not miss what may have been pruned, but what is gone behind it', async () => {
    const forgetful = { ...onhand.settings, ONHAND_COMMAND_MEMORY_HOURS: 0 };
    const found = async () => {
      const { done } = await planRebuild(forgetful, { ...request, engine: 'stock' }, ignore);
      return done.flatMap(({ tables }) => textOf(tables));
    };
    const before = await contents();
    const of = `engine = 'stock' AND lane = ${lanes.stock}`;
    await damaging.query(`DELETE FROM outbox WHERE ${of} AND sequence < 3`);
    expect(await found()).to.deep.equal([]);
    await damaging.query(`DELETE FROM outbox WHERE ${of} AND sequence = 4`);
    expect(await found()).to.deep.equal(['outbox 1/0/0']);
    await rebuild();
    expect((await contents()).tables).to.deep.equal(before.tables);
  });

  for (const [what, column, set] of [
    ['a log time that was turned back', 'logTime', 'log_time = log_time - 1'],
    ['another record that was applied last', 'applied', `applied_digest = REPEAT('x', 22)`],
  ] as const) {
    it(`mends ${what}`, async () => {
      const before = await contents();
      const of = `WHERE engine = 'stock' AND lane = ${lanes.stock}`;
      await damaging.query(`UPDATE progress SET ${set} ${of}`);
      const { done } = await rebuild();
      expect(done.find(({ isSame }) => !isSame)?.wrongProgress).to.deep.equal([column]);
      expect((await contents()).tables).to.deep.equal(before.tables);
    });
  }

  it('refuses a lane that is ahead of its log, and changes nothing', async () => {
    const of = `WHERE engine = 'stock' AND lane = ${lanes.stock}`;
    await damaging.query(`UPDATE progress SET next_offset = next_offset + 100 ${of}`);
    const before = await laneContents(damaging);
    const { done, failed } = await rebuild();
    expect(failed.map(({ error }) => error)).to.have.lengthOf(1);
    expect(failed[0]?.error).to.include({ code: 'REBUILD_REFUSED' });
    expect(done).to.have.length(5);
    expect(await laneContents(damaging)).to.deep.equal(before);
    await damaging.query(`UPDATE progress SET next_offset = next_offset - 100 ${of}`);
  });

  it('refuses a lane that has published more than its log causes', async () => {
    const of = `WHERE engine = 'stock' AND lane = ${lanes.stock}`;
    await damaging.query(`UPDATE publications SET published = published + 1 ${of}`);
    const { failed } = await rebuild();
    expect(failed[0]?.error).to.include({ code: 'REBUILD_REFUSED' });
    await damaging.query(`UPDATE publications SET published = published - 1 ${of}`);
  });
});

/** The first SKU of a row that is at home in a lane. */
function skuOf(lane: number): string {
  const skus = Array.from({ length: 100 }, (_, number) => `cursed-${number}`);
  return skus.find((sku) => partitionOf(sku, 3) === lane)!;
}

/** A mended order has the lane's offset there: the log only says that it is not later. */
function withoutApplied(tables: Record<string, object[]>) {
  return { ...tables, orders: tables.orders?.map((row) => ({ ...row, applied: 0 })) };
}
