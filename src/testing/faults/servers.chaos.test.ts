import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { killServer, startServer } from '../../../stack/controlServer.ts';
import { serversAreOurs } from '../../../stack/serversAreOurs.ts';
import { type ServerName, readStackState } from '../../../stack/stackState.ts';
import { type FaultRig, type ProgressRow, faultRig, isFullChaos, itInFull } from './faultRig.ts';
import { expectAway } from './expectAway.ts';
import type { Worker } from './worker.ts';

const rounds = isFullChaos ? 3 : 1;
const pidOf = (name: ServerName) => readStackState()?.servers[name]?.pid ?? 0;

describe('a server that is killed under load', function () {
  this.timeout(isFullChaos ? 300_000 : 180_000);
  let rig: FaultRig;
  let worker: Worker;
  before(function () {
    if (!serversAreOurs()) this.skip();
  });
  beforeEach(async () => {
    rig = await faultRig();
    rig.startLoad();
    worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
  });
  afterEach(async () => {
    for (const name of ['mysql', 'kafka', 'redis'] as const) await startServer(name);
    await rig?.close();
  });

  it('MySQL: the worker waits, and the same slice is applied when it is back', async () => {
    const epochs = async () => (await rig.progress()).map(({ epoch }) => epoch);
    await worker.until('lanes', async () => (await epochs()).length === 3, 20_000);
    const claimed = await epochs();
    for (let round = 1; round <= rounds; round++) {
      const before = pidOf('mysql');
      await killServer('mysql');
      await expectAway('mysql');
      await worker.untilSaid('slice not applied', 3 * round);
      await startServer('mysql');
      expect(pidOf('mysql')).to.not.equal(before);
      await sleep(1000);
    }
    expect(worker.isAlive).to.be.true;
    expect(await epochs()).to.deep.equal(claimed);
    await rig.expectExact();
  });

  it('Kafka: worker and sender go on when it is back', async () => {
    for (let round = 1; round <= rounds; round++) {
      const before = pidOf('kafka');
      await killServer('kafka');
      await expectAway('kafka');
      await worker.untilSaid('Connection error', 3 * round);
      await startServer('kafka');
      expect(pidOf('kafka')).to.not.equal(before);
      await sleep(1000);
    }
    expect(worker.isAlive).to.be.true;
    await rig.expectExact();
  });

  it('Redis: nothing happens, also to a worker that starts without it', async () => {
    await killServer('redis');
    await expectAway('redis');
    await worker.stop();
    worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    await rig.expectExact();
    await expectAway('redis');
  });

  itInFull(
    'MySQL and a worker at once: the other claims its lanes when MySQL is back',
    async () => {
      const heir = rig.newWorker();
      await heir.untilSaid('lane claimed');
      await killServer('mysql');
      await expectAway('mysql');
      await worker.kill();
      await heir.untilSaid('lane not claimed');
      await startServer('mysql');
      const isWhole = async () => (await rig.progress()).every(isOwnedBy(heir));
      await heir.until('all lanes', isWhole, 60_000);
      await rig.expectExact();
    },
  );

  itInFull('Kafka between a claim and its publisher: it begins when Kafka is back', async () => {
    await worker.kill();
    const late = rig.newWorker('claim-after-commit:3:SIGSTOP');
    await late.untilStopped();
    await killServer('kafka');
    await expectAway('kafka');
    late.signal('SIGCONT');
    await late.untilSaid('publisher starts anew');
    await startServer('kafka');
    expect(late.isAlive).to.be.true;
    await rig.expectExact();
  });

  for (const name of ['mysql', 'kafka'] as const) {
    itInFull(
      `${name}: a worker that is told to stop meanwhile does, within 5 seconds`,
      async () => {
        await sleep(500);
        await killServer(name);
        await expectAway(name);
        await sleep(1000);
        const stopMs = await worker.stop();
        expect(stopMs).to.be.below(20_000);
        expect(await worker.ended).to.deep.equal({ code: 0, signal: null });
        await startServer(name);
        await rig.expectExact();
      },
    );
  }
});

function isOwnedBy({ pid }: Worker) {
  return ({ owner }: ProgressRow): boolean => owner.endsWith(`:${pid}`);
}
