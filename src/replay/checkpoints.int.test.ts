import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import type { AskingCommand } from '../domain/commands.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { connectionOptions } from '../storage/database.ts';
import { listCheckpoints } from '../storage/checkpoints.ts';
import { listOperations } from '../storage/operations.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { laneContents } from '../testing/laneContents.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { createCheckpoints } from './createCheckpoints.ts';
import { prunableCheckpoints, pruneCheckpoints } from './pruneCheckpoints.ts';
import { planRebuild, rebuildLanes } from './rebuildLanes.ts';

const lane = partitionOf('tea', 3);
const ignore = () => undefined;

describe('checkpoints', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let damaging: Connection;
  const { receive, reserve, confirm } = commandsFor('tea');
  const first = receive(10);
  before(async () => {
    onhand = await testInstallation();
    damaging = await createConnection(connectionOptions(onhand.settings, 'migrate'));
  });
  after(async () => {
    await damaging?.end();
    await onhand?.close();
  });

  const create = () => createCheckpoints(onhand.settings, {}, ignore);
  const rebuildFrom = (from: 'start' | 'checkpoint') =>
    rebuildLanes(onhand.settings, { from, engine: 'stock', partition: [lane] }, ignore);
  /** Lets a processor apply commands, and an order. */
  async function apply(commands: readonly AskingCommand[], orderId: string): Promise<void> {
    const verdicts = (await onhand.verdicts()).length;
    await onhand.send(commands);
    const processor = await onhand.startProcessor();
    await onhand.sendOrders([orderEventsFor(orderId).place({ tea: 1 })]);
    const answered = async () => (await onhand.verdicts()).length > verdicts;
    await waitUntil('the verdict', answered, 60_000);
    await onhand.settled();
    await processor.stop();
  }

  it('are made of every lane, once', async () => {
    await apply([first, reserve('o-1', 3), confirm('o-1'), reserve('o-2', 2)], 'order-1');
    const made = await create();
    expect(made.failed).to.deep.equal([]);
    const stored = await listCheckpoints(damaging);
    const places = made.done.filter(({ isNew }) => isNew).map(({ checkpoint }) => checkpoint);
    expect(places).to.have.deep.members(stored);
    expect(stored.map(({ engine }) => engine)).to.have.members(['stock', 'order']);
    // Level, three reservations, five events and a reply.
    expect(stored.find(({ engine }) => engine === 'stock')?.rowCount).to.equal(10);

    const again = await create();
    expect(again.done.filter(({ isNew }) => isNew)).to.deep.equal([]);
    expect(await listCheckpoints(damaging)).to.deep.equal(stored);
    const [last] = await listOperations(damaging, 1);
    expect(last).to.include({ verb: 'checkpoint create', outcome: 'done' });
  });

  it('are not made of a lane that is not what its log says', async () => {
    await damaging.query('UPDATE stock_levels SET on_hand = on_hand + 1');
    const { failed } = await create();
    expect(failed.map((one) => [one.engine, one.lane])).to.deep.equal([['stock', lane]]);
    expect(failed[0]?.error).to.include({ code: 'CHECKPOINT_REFUSED' });
    await damaging.query('UPDATE stock_levels SET on_hand = on_hand - 1');
  });

  it('are where a rebuild begins once the beginning of the log is gone', async () => {
    const [stock] = (await listCheckpoints(damaging)).filter(({ engine }) => engine === 'stock');
    await apply([reserve('o-3', 1), first, receive(4)], 'order-2');
    const topic = onhand.topics.stockCommands.name;
    await onhand.admin.deleteTopicRecords({
      topic,
      partitions: [{ partition: lane, offset: String(stock!.nextOffset) }],
    });
    expect((await rebuildFrom('start')).failed[0]?.error).to.include({ code: 'LOG_CUT' });

    const undamaged = await laneContents(damaging);
    const same = await rebuildFrom('checkpoint');
    expect(same.failed).to.deep.equal([]);
    expect(same.done[0]).to.include({ isSame: true, from: stock!.nextOffset });
    expect(await laneContents(damaging)).to.deep.equal(undamaged);

    for (const damage of [
      'UPDATE stock_levels SET on_hand = on_hand + 1',
      `DELETE FROM reservations WHERE order_id = 'o-1'`,
      'UPDATE reservations SET started_at = started_at + 1',
      `UPDATE outbox SET command_id = NULL WHERE engine = 'stock'`,
      `DELETE FROM outbox WHERE engine = 'stock' AND sequence < 3`,
      `UPDATE outbox SET value = 'x' WHERE engine = 'stock' AND sequence IN (1, 9)`,
    ]) {
      await damaging.query(damage);
    }
    const { done, failed } = await rebuildFrom('checkpoint');
    expect(failed).to.deep.equal([]);
    expect(Object.keys(done[0]!.tables)).to.deep.equal(['stock_levels', 'reservations', 'outbox']);
    const { progress: _, ...mended } = await laneContents(damaging);
    const { progress: __, ...expected } = undamaged;
    expect(mended).to.deep.equal(expected);
  });

  it('follow each other without the log before the last one', async () => {
    const before = await listCheckpoints(damaging);
    const { failed, done } = await create();
    expect(failed).to.deep.equal([]);
    expect(done.filter(({ isNew }) => isNew)).to.have.length(2);
    const [last] = (await listCheckpoints(damaging)).filter(({ engine }) => engine === 'stock');
    expect(before.map(({ nextOffset }) => nextOffset)).not.to.include(last!.nextOffset);
    const { done: plans } = await planRebuild(
      onhand.settings,
      { from: 'checkpoint' },
      ignore,
    ).catch((error: unknown) => expect.fail(String(error)));
    expect(plans.filter(({ isSame }) => !isSame)).to.deep.equal([]);
    expect(plans.find((one) => one.engine === 'stock' && one.lane === lane)?.records).to.equal(0);
  });

  it('are named when there is none', async () => {
    const other = [0, 1, 2].find((one) => one !== lane)!;
    const request = { from: 'checkpoint', engine: 'stock', partition: [other] } as const;
    const { failed } = await planRebuild(onhand.settings, request, ignore);
    expect(failed[0]?.error).to.include({ code: 'CHECKPOINT_MISSING' });
  });

  it('are not used when a byte of them has changed', async () => {
    const [last] = (await listCheckpoints(damaging)).filter(({ engine }) => engine === 'stock');
    const where = `WHERE engine = 'stock' AND next_offset = ${last!.nextOffset}`;
    const digest = `UPDATE checkpoints SET digest = REVERSE(digest) ${where}`;
    await damaging.query(digest);
    const { failed } = await rebuildFrom('checkpoint');
    expect(failed[0]?.error).to.include({ code: 'CHECKPOINT_DAMAGED' });
    await damaging.query(digest);

    await damaging.query(`CREATE TABLE kept_chunks SELECT * FROM checkpoint_chunks ${where}`);
    await damaging.query(`UPDATE checkpoint_chunks SET data = LEFT(data, 40) ${where} LIMIT 1`);
    const broken = await rebuildFrom('checkpoint');
    expect(broken.failed[0]?.error).to.include({ code: 'CHECKPOINT_DAMAGED' });
    await damaging.query(`DELETE FROM checkpoint_chunks ${where}`);
    await damaging.query('INSERT INTO checkpoint_chunks SELECT * FROM kept_chunks');
    expect((await rebuildFrom('checkpoint')).done[0]).to.include({ isSame: true });
  });

  it('are deleted but for the youngest of each lane', async () => {
    const all = await listCheckpoints(damaging);
    expect(all).to.have.length(4);
    expect(await prunableCheckpoints(damaging, 2)).to.deep.equal([]);
    const pruned = await pruneCheckpoints(onhand.settings, 1);
    const left = await listCheckpoints(damaging);
    expect([...left, ...pruned]).to.have.deep.members(all);
    const placeOf = (one: { engine: string; lane: number }) => `${one.engine} ${one.lane}`;
    expect(left.map(placeOf)).to.have.members([...new Set(all.map(placeOf))]);
    expect(pruned.map(placeOf)).to.include(`stock ${lane}`);
    for (const one of pruned) {
      const kept = left.find((other) => placeOf(other) === placeOf(one));
      expect(kept!.nextOffset).to.be.greaterThan(one.nextOffset);
    }
    const [chunks] = await damaging.query(
      `SELECT COUNT(*) AS left_over FROM checkpoint_chunks
       WHERE (engine, lane, next_offset) NOT IN (
         SELECT engine, lane, next_offset FROM checkpoints
       )`,
    );
    expect(chunks).to.deep.equal([{ left_over: 0 }]);
    expect((await rebuildFrom('checkpoint')).done[0]).to.include({ isSame: true });
  });
});
