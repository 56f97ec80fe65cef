import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { killServer, startServer } from '../../../stack/controlServer.ts';
import { serversAreOurs } from '../../../stack/serversAreOurs.ts';
import { waitUntil } from '../waitUntil.ts';
import { expectAway } from './expectAway.ts';
import { isFullChaos, itInFull } from './faultRig.ts';
import { type OrdersRig, ordersRig } from './ordersRig.ts';
import type { Worker } from './worker.ts';

const rounds = isFullChaos ? 12 : 2;
const serverRounds = 2;
const invoices = isFullChaos ? 600 : 100;
const strikeWaitMs = 120_000;
const seed = 1 + Math.floor(Math.random() * 1_000_000);

describe(`orders through the shop (seed ${seed})`, function () {
  this.timeout(isFullChaos ? 600_000 : 120_000);
  let rig: OrdersRig;
  let workers: Worker[];
  let workersKilled: number;
  let shopKills: number;
  beforeEach(async () => {
    rig = await ordersRig(seed);
    workers = [rig.newWorker(), rig.newWorker()];
    workersKilled = 0;
    shopKills = 0;
  });
  afterEach(async () => {
    if (serversAreOurs()) for (const name of ['mysql', 'kafka'] as const) await startServer(name);
    await rig?.close();
  });

  const killWorker = async () => {
    // The older of the two: it has been at work for a while.
    const victim = workers.shift()!;
    await victim.untilSaid('processor started');
    await victim.kill();
    expect((await victim.ended).signal).to.equal('SIGKILL');
    workers.push(rig.newWorker());
    workersKilled++;
  };
  const killShop = async () => {
    const { deaths } = rig.shop;
    await waitUntil('the death of the shop', () => {
      // Again, as it may be dead already and about to be started.
      rig.shop.kill('SIGKILL');
      return rig.shop.deaths > deaths;
    });
    shopKills++;
  };
  const restart = async (name: 'mysql' | 'kafka') => {
    await killServer(name);
    await expectAway(name);
    await sleep(1000);
    await startServer(name);
  };

  /** Each strike at a random moment of its share of the day. */
  const strikeDuringDay = async (strikes: readonly (() => Promise<void>)[]) => {
    for (const [index, strike] of strikes.entries()) {
      const moment = (0.9 * (index + Math.random())) / strikes.length;
      await waitUntil(`share ${moment}`, () => rig.share() >= moment, strikeWaitMs);
      await strike();
    }
  };

  it('with workers and shop killed at random: both sides agree in the end', async () => {
    const strikes = Array.from({ length: rounds }, () => [killShop, killWorker]).flat();
    await Promise.all([rig.day(invoices), strikeDuringDay(strikes)]);
    expect({ workersKilled, shopKills }).to.deep.equal({
      workersKilled: rounds,
      shopKills: rounds,
    });
    await rig.expectAudit();
  });

  itInFull('with MySQL and Kafka killed, too: both sides agree in the end', async function () {
    if (!serversAreOurs()) this.skip();
    const strikes = Array.from({ length: serverRounds }, () => [
      () => restart('mysql'),
      killShop,
      () => restart('kafka'),
      killWorker,
    ]).flat();
    await Promise.all([rig.day(invoices), strikeDuringDay(strikes)]);
    expect({ workersKilled, shopKills }).to.deep.equal({
      workersKilled: serverRounds,
      shopKills: serverRounds,
    });
    await rig.expectAudit();
  });
});
