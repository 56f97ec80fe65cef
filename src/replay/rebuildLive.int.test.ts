import { expect } from 'chai';
import { type Connection, createConnection } from 'mysql2/promise';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { FaultPoint } from '../ops/faultPoint.ts';
import { connectionOptions } from '../storage/database.ts';
import { listCheckpoints } from '../storage/checkpoints.ts';
import { listOperations } from '../storage/operations.ts';
import { readProgress } from '../storage/progress.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectUnbroken } from '../testing/expectUnbroken.ts';
import { CommandLoad } from '../testing/faults/commandLoad.ts';
import { laneContents } from '../testing/laneContents.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { asOperation } from './asOperation.ts';
import { planRebuild, rebuildLanes } from './rebuildLanes.ts';

const ignore = () => undefined;
/** A stock item that nobody moves while its lane is busy. */
const still = 'still';
const lane = partitionOf(still, 3);

describe('rebuilding a live lane', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let damaging: Connection;
  before(async () => {
    onhand = await testInstallation();
    await onhand.send([commandsFor(still).receive(5)]);
    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
    damaging = await createConnection(connectionOptions(onhand.settings, 'migrate'));
  });
  after(async () => {
    await damaging?.end();
    await onhand?.close();
  });

  const request = { from: 'start', engine: 'stock' } as const;
  const damage = () =>
    damaging.query(`UPDATE stock_levels SET on_hand = on_hand + 1 WHERE sku = '${still}'`);
  const cli = (args: string[], fault?: string) => {
    const env = settingsEnv(onhand.settings);
    return runCli(args, fault ? { ...env, ONHAND_FAULT: fault } : env, { timeoutMs: 40_000 });
  };
  const rebuildByCli = (fault?: string) => cli(['replay', 'rebuild', '--yes', '--json'], fault);

  it('fences its owner once, who goes on; nothing is lost, doubled or sold twice', async () => {
    const processor = await onhand.startProcessor();
    const load = new CommandLoad(onhand.settings, 7);
    try {
      await waitUntil('some commands', () => load.accepted.size > 500, 60_000);
      const before = await readProgress(damaging, 'stock', lane);
      await damage();
      const { done, failed } = await rebuildLanes(onhand.settings, request, ignore);
      expect(failed).to.deep.equal([]);
      expect(done.filter(({ isSame }) => !isSame).map((one) => one.lane)).to.deep.equal([lane]);
      const accepted = load.accepted.size;
      await waitUntil('more commands', () => load.accepted.size > accepted + 200, 60_000);
      await load.stop();
      await onhand.settled(30_000);
      const after = await readProgress(damaging, 'stock', lane);
      // One for the rebuild, one for the claim that follows.
      expect(after!.epoch).to.equal(before!.epoch + 2);
    } finally {
      await load.stop();
      await processor.stop();
    }
    const events = await onhand.events();
    expectUnbroken(events);
    const outcomes = new Set(events.map(({ commandId }) => commandId));
    for (const id of load.accepted.keys()) expect(outcomes.has(id), id).to.be.true;
    const { done } = await planRebuild(onhand.settings, { from: 'start' }, ignore);
    expect(done.filter(({ isSame }) => !isSame)).to.deep.equal([]);
  });

  const points: [FaultPoint, NodeJS.Signals, isDone: boolean][] = [
    ['rebuild-before-swap', 'SIGKILL', false],
    ['rebuild-before-commit', 'SIGKILL', false],
    ['rebuild-before-commit', 'SIGINT', false],
    ['rebuild-after-commit', 'SIGKILL', true],
  ];
  for (const [point, by, isDone] of points) {
    const what = isDone ? 'has mended all' : 'changed nothing';
    it(`ended at ${point} by ${by} it ${what}`, async () => {
      const { progress: _, ...undamaged } = await laneContents(damaging);
      await damage();
      const damaged = await laneContents(damaging);
      // The third lane that comes to this point, or the only one that has something to commit.
      const { signal } = await rebuildByCli(`${point}:1:${by}`);
      expect(signal).to.equal(by);
      const { progress, ...tables } = await laneContents(damaging);
      if (isDone) expect(tables).to.deep.equal(undamaged);
      else expect({ progress, ...tables }).to.deep.equal(damaged);

      const { code, stdout } = await rebuildByCli();
      expect(code).to.equal(0);
      const { applied, lanes } = JSON.parse(stdout) as {
        applied: boolean;
        lanes: { isSame: boolean }[];
      };
      expect(applied).to.be.true;
      expect(lanes.filter(({ isSame }) => !isSame)).to.have.length(isDone ? 0 : 1);
      const { progress: __, ...mended } = await laneContents(damaging);
      expect(mended).to.deep.equal(undamaged);
      const [last, ended] = await listOperations(damaging, 2);
      expect(last).to.include({ verb: 'replay rebuild', outcome: 'done' });
      expect(ended).to.include({ verb: 'replay rebuild', outcome: 'interrupted' });
    });
  }

  it('a checkpoint that is killed before its end is none', async () => {
    const { signal } = await cli(['checkpoint', 'create'], 'checkpoint-before-commit:1');
    expect(signal).to.equal('SIGKILL');
    expect(await listCheckpoints(damaging)).to.deep.equal([]);
    const [chunks] = await damaging.query('SELECT number FROM checkpoint_chunks');
    expect(chunks).to.deep.equal([]);
    expect((await cli(['checkpoint', 'create'])).code).to.equal(0);
    expect(await listCheckpoints(damaging)).not.to.be.empty;
  });

  it('without --yes it changes nothing and writes no audit row', async () => {
    await damage();
    const damaged = await laneContents(damaging);
    const [last] = await listOperations(damaging, 1);
    const { code, stdout } = await cli(['replay', 'rebuild', '--partition', String(lane)]);
    expect(code).to.equal(0);
    expect(stdout)
      .to.include('add --yes')
      .and.to.match(/stock_levels +│ +0 +│ +0 +│ +1 /);
    expect(await laneContents(damaging)).to.deep.equal(damaged);
    expect((await listOperations(damaging, 1))[0]).to.deep.equal(last);
    await rebuildLanes(onhand.settings, request, ignore);
  });

  it('is refused while another operation runs, and audited when it fails', async () => {
    const verb = 'replay rebuild';
    await asOperation(
      onhand.settings,
      { verb, arguments: { slow: true } },
      async () => {
        const { code, stderr } = await rebuildByCli();
        expect(code).to.equal(1);
        expect(stderr).to.include('OPERATION_RUNNING').and.to.include(verb);
      },
      () => 'all done',
    );
    const [done, before] = await listOperations(damaging, 2);
    expect(done).to.deep.include({
      outcome: 'done',
      detail: 'all done',
      arguments: { slow: true },
    });
    expect(done?.who).to.include('@');
    expect(before?.outcome).not.to.equal('running');

    const failing = asOperation(
      onhand.settings,
      { verb, arguments: {} },
      () => Promise.reject(new TypeError('it broke')),
      () => '',
    );
    await failing.then(
      () => expect.fail('it did not fail'),
      (error: unknown) => expect(error).to.be.instanceOf(TypeError),
    );
    const [failed] = await listOperations(damaging, 1);
    expect(failed).to.include({ outcome: 'failed', detail: 'it broke' });
    const { code, stdout } = await cli(['operations', '--limit', '1']);
    expect(code).to.equal(0);
    expect(stdout).to.include('it broke');
  });

  it('changes nothing once its operation has lost the lock', async () => {
    await damage();
    const damaged = await laneContents(damaging);
    const losing = asOperation(
      onhand.settings,
      { verb: 'replay rebuild', arguments: {} },
      async ({ connection, requireLock }) => {
        await connection.query('SELECT RELEASE_ALL_LOCKS()');
        await requireLock(damaging);
      },
      () => '',
    );
    await losing.then(
      () => expect.fail('it did not fail'),
      (error: unknown) => expect(error).to.include({ code: 'OPERATION_LOST' }),
    );
    expect(await laneContents(damaging)).to.deep.equal(damaged);
    await rebuildLanes(onhand.settings, request, ignore);
  });

  it('names partitions and lanes that are not there', async () => {
    const { code, stderr } = await cli(['replay', 'rebuild', '--partition', '3']);
    expect(code).to.equal(3);
    expect(stderr).to.include('PARTITION_UNKNOWN');
  });
});
