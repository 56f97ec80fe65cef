import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { FaultPoint } from '../../ops/faultPoint.ts';
import { type FaultRig, faultRig, isFullChaos, itInFull } from './faultRig.ts';
import type { Worker } from './worker.ts';

const sessionMs = 1000;

/** Where it stands still, and what it says when it notices that it was a zombie. */
const places: [FaultPoint, string][] = [
  ['slice-before-commit', 'lane fenced'],
  ['slice-after-commit', 'lane fenced'],
  ['publish-after-send', 'publisher starts anew'],
  ['publish-before-commit', 'publisher starts anew'],
];

describe('a worker that stands still for longer than its session and then goes on', function () {
  this.timeout(isFullChaos ? 120_000 : 180_000);
  let rig: FaultRig;
  beforeEach(async () => {
    rig = await faultRig({
      ONHAND_SESSION_TIMEOUT_SECONDS: sessionMs / 1000,
      ONHAND_SLICE_COMMANDS_MAX: 25,
    });
  });
  afterEach(() => rig?.close());

  for (const [point, notice] of isFullChaos ? places : places.slice(0, 2)) {
    it(`at ${point}: it is fenced, and its work is done by another`, async () => {
      const load = rig.startLoad();
      const zombie = rig.newWorker(`${point}:5:SIGSTOP`);
      await zombie.untilStopped();
      // What is in the zombie's buffers is more than a slice: it will try to go on.
      const heir = rig.newWorker();
      await untilClaimedBy(heir);
      await load.stop();
      const claims = heir.said('lane claimed').length;
      zombie.signal('SIGCONT');
      await zombie.untilSaid(notice);
      expect(claims).to.equal(3);
      await rig.expectExact();
    });
  }

  const untilClaimedBy = (worker: Worker) =>
    worker.until('all lanes claimed', () => worker.said('lane claimed').length >= 3, 60_000);

  itInFull('again and again, two in turn, at any moment', async () => {
    rig.startLoad();
    const workers = [rig.newWorker(), rig.newWorker()];
    await Promise.all(workers.map((worker) => worker.untilSaid('lane claimed')));
    let fenced = 0;
    for (let turn = 0; turn < 12; turn++) {
      const worker = workers[turn % 2]!;
      await sleep(Math.random() * 500);
      const epochs = async () => (await rig.progress()).reduce((sum, { epoch }) => sum + epoch, 0);
      const before = await epochs();
      worker.signal('SIGSTOP');
      await worker.untilStopped();
      // Its lanes have gone to the other one.
      await workers[(turn + 1) % 2]!.until(
        'a claim',
        async () => (await epochs()) > before,
        10 * sessionMs,
      );
      worker.signal('SIGCONT');
      await sleep(sessionMs);
      fenced = workers.reduce((sum, one) => sum + one.said('lanes assigned').length, 0);
    }
    expect(fenced, 'assignments').to.be.greaterThan(workers.length);
    await rig.expectExact();
  });
});
