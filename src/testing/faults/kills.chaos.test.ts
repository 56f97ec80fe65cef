import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { FaultPoint } from '../../ops/faultPoint.ts';
import { type FaultRig, faultRig, isFullChaos, itInFull } from './faultRig.ts';
import type { Worker } from './worker.ts';

const kills = isFullChaos ? 50 : 3;
const stops = 20;
const times = isFullChaos ? [1, 3] : [2];
const points: FaultPoint[] = [
  'claim-after-commit',
  'slice-before-commit',
  'slice-after-commit',
  'publish-before-send',
  'publish-after-send',
  'publish-before-commit',
  'publish-after-commit',
];

describe('SIGKILL of a worker', function () {
  this.timeout(isFullChaos ? 600_000 : 180_000);
  let rig: FaultRig;
  beforeEach(async () => {
    rig = await faultRig({ ONHAND_SESSION_TIMEOUT_SECONDS: 1, ONHAND_SLICE_COMMANDS_MAX: 20 });
  });
  afterEach(() => rig?.close());

  it(`${kills} times at any moment, of two that work`, async () => {
    rig.startLoad();
    const workers: Worker[] = [rig.newWorker(), rig.newWorker()];
    await workers[0]!.untilSaid('lane claimed');
    const epochs = async () =>
      new Map((await rig.progress()).map(({ lane, epoch }) => [lane, epoch]));
    const first = await epochs();
    let struckAtWork = 0;
    for (let kill = 0; kill < kills; kill++) {
      // The older of the two: it has been at work for a while.
      const victim = workers.shift()!;
      await victim.untilSaid('processor started');
      await sleep(100 + Math.random() * 1500);
      if (victim.said('lane claimed').length > 0) struckAtWork++;
      await victim.kill();
      expect((await victim.ended).signal).to.equal('SIGKILL');
      workers.push(rig.newWorker());
    }
    expect(struckAtWork).to.be.at.least(kills / 2);
    let claims = first.size;
    for (const [lane, epoch] of await epochs()) claims += epoch - (first.get(lane) ?? epoch - 1);
    expect(claims, 'claims').to.be.at.least(kills);
    await rig.expectExact();
  });

  itInFull(
    `and SIGTERM, ${stops} times at any moment: an end in good order each time`,
    async () => {
      rig.startLoad();
      for (let stop = 0; stop < stops; stop++) {
        const worker = rig.newWorker();
        await worker.untilSaid('processor started');
        await sleep(Math.random() * 1000);
        expect(await worker.stop()).to.be.below(20_000);
        expect(await worker.ended, worker.lastWords()).to.deep.equal({ code: 0, signal: null });
        expect(worker.said('processor stopped')).to.have.length(1);
      }
      await rig.expectExact();
    },
  );

  it('right before and after each COMMIT, of MySQL and of Kafka', async () => {
    rig.startLoad();
    for (const point of points) {
      for (const time of times) {
        const worker = rig.newWorker(`${point}:${time}`);
        const end = await worker.ended;
        expect(end, worker.lastWords()).to.deep.equal({ code: null, signal: 'SIGKILL' });
      }
    }
    await rig.expectExact();
  });
});
