import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type CutPlace, TcpProxy } from '../tcpProxy.ts';
import { type FaultRig, faultRig, isFullChaos, itInFull } from './faultRig.ts';
import type { Worker } from './worker.ts';

const cuts = isFullChaos ? 15 : 3;
/** The proxy looks at the beginning of a packet only. */
const slice = /^START TRANSACTION;\nUPDATE \(VALUES ROW\(/;
const claim = /^START TRANSACTION;\nINSERT INTO progress \([^)]*\)\s+VALUES \('stock'/;

describe('a connection to MySQL that breaks', function () {
  this.timeout(180_000);
  let rig: FaultRig;
  let proxy: TcpProxy;
  let worker: Worker;
  beforeEach(async () => {
    rig = await faultRig({ ONHAND_SLICE_COMMANDS_MAX: 20 });
    const { ONHAND_MYSQL_HOST: host, ONHAND_MYSQL_PORT: port } = rig.settings;
    proxy = await TcpProxy.open({ host, port });
    rig.startLoad();
    worker = rig.newWorker(undefined, { ONHAND_MYSQL_PORT: proxy.port });
  });
  afterEach(async () => {
    await rig?.close();
    await proxy?.close();
  });

  const epochs = async () => (await rig.progress()).map(({ epoch }) => epoch);

  const places: [CutPlace, string, boolean][] = [
    ['before-server', 'before the server has seen it', false],
    ['after-answer', 'after the server has done it, before its answer arrives', true],
  ];
  for (const [place, when, done] of places) {
    it(`at COMMIT, ${when}: the progress row decides, the slice is applied once`, async () => {
      await worker.untilSaid('lane claimed', 3);
      await worker.until('lanes', async () => (await epochs()).length === 3, 20_000);
      const claimed = await epochs();
      for (let cut = 1; cut <= cuts; cut++) {
        const wasDone = await proxy.cutCommit(place, slice);
        expect(wasDone, 'the server had committed').to.equal(done);
        await worker.untilSaid('slice not applied', cut);
      }
      // Nobody fenced anybody and nothing was started anew: the worker itself found out.
      expect(worker.isAlive).to.be.true;
      expect(await epochs()).to.deep.equal(claimed);
      await rig.expectExact();
    });
  }

  itInFull(
    'by silence: the worker gives up on it, and stops in time when it is told to',
    async () => {
      await worker.untilSaid('lane claimed', 3);
      proxy.silent = true;
      const isSilence = () => worker.log.some(({ reason }) => reason?.includes('has not answered'));
      await worker.until('an end of patience', isSilence, 60_000);
      proxy.silent = false;
      await sleep(2000);
      proxy.silent = true;
      await sleep(1000);
      expect(await worker.stop()).to.be.below(20_000);
      expect(await worker.ended).to.deep.equal({ code: 0, signal: null });
      proxy.silent = false;
      await rig.expectExact();
    },
  );

  itInFull('at the COMMIT of a claim, both ways: the lane is claimed once more', async () => {
    expect(await proxy.cutCommit('after-answer', claim)).to.be.true;
    expect(await proxy.cutCommit('before-server', claim)).to.be.false;
    await worker.untilSaid('lane claimed', 3);
    expect(worker.said('lane not claimed')).to.have.length(2);
    const lanes = new Set(worker.said('lane claimed').map(({ lane }) => lane));
    expect(lanes).to.have.property('size', 3);
    await rig.expectExact();
  });
});
