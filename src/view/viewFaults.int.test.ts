import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { OutboxRow } from '../storage/outbox.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { ViewRig } from '../testing/viewRig.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { checkView } from './checkView.ts';
import type { ViewFinding } from './compareLevels.ts';
import { findOutcomes } from './outcomeMailbox.ts';

describe('the view in Redis when Redis fails', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let rig: ViewRig;
  before(async () => {
    redis = await ThrowawayRedis.start();
  });
  beforeEach(async () => {
    rig = await ViewRig.open(redis);
  });
  afterEach(() => rig?.close());
  after(() => redis?.close());

  it('is built anew, by itself, after it was wiped', async () => {
    await rig.receive('tea', 'cup');
    await rig.until('cup', 1);
    await redis.ask((asked) => asked.flushall());
    expect(await rig.view('tea')).to.include({ found: 'nothing', isCurrent: false });
    await rig.receive('tea');
    await rig.until('tea', 2);
    expect(await rig.sequenceOf('cup')).to.equal(1);
  });

  it('finds out that it was wiped also while nothing happens', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    await redis.ask((asked) => asked.flushall());
    await rig.until('tea', 1);
  });

  it('makes good what an old dump has brought back, and never says older is newer', async () => {
    await rig.receive('tea', 'cup');
    await rig.until('tea', 1);
    const dump = await redis.dump();
    await rig.receive('tea', 'tea');
    await rig.until('tea', 3);
    // Only read from now on: the note must be found wrong without any traffic.
    const reads = readWhile(() => rig.view('tea', 3), redis.restore(dump));
    await rig.until('tea', 3);
    expect(await reads).not.to.be.empty;
    for (const found of await reads) {
      if (found.found === 'level') expect(found.level).to.include({ sequence: 3, onHand: 3 });
      else expect(found.found).to.equal('behind');
    }
    expect(await rig.sequenceOf('cup')).to.equal(1);
  });

  it('takes offers at once while Redis is paused, and makes up for them later', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    redis.pause();
    let longestMs = 0;
    const offered: OutboxRow[][] = [];
    for (let slice = 0; slice < 60; slice++) {
      const rows = await rig.lane.receive(...Array.from({ length: 50 }, (_, i) => `sku-${i}`));
      offered.push(rows);
      const begun = performance.now();
      rig.follower.offer(rows);
      longestMs = Math.max(longestMs, performance.now() - begun);
      await sleep(20);
    }
    expect(longestMs).to.be.below(1000);
    expect(rig.writer.dropped).to.be.above(0);
    expect(rig.writer.lanesBehind).to.equal(1);
    redis.resume();
    await rig.until('sku-49', 60);
    const [outcome] = await findOutcomes(rig.client, rig.database.settings, [
      { sku: 'sku-0', commandId: offered[30]![0]!.commandId! },
    ]);
    expect(outcome).to.include({ sku: 'sku-0', sequence: 31 });
  });

  it('marks the lane stale while it makes up for what it dropped', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    const watching = new Redis(redis.settings.ONHAND_REDIS_PORT);
    // A command seen before ioredis knows that it monitors breaks it: not even this one's first.
    await watching.ping();
    const monitor = await watching.monitor();
    const states: string[] = [];
    monitor.on('monitor', (_time: string, args: string[]) => {
      const state = /^t{22} \d+ \S+ (in-step|stale)/.exec(args.at(-2) ?? '')?.[1];
      if (args[2] === '1' && state) states.push(state);
    });
    redis.pause();
    await rig.receive('tea');
    await waitUntil('the loss', () => rig.writer.lanesBehind === 1 && rig.writer.dropped === 0);
    await sleep(600);
    await rig.receive('tea');
    expect(rig.writer.dropped).to.be.above(0);
    redis.resume();
    await rig.until('tea', 3);
    monitor.disconnect();
    watching.disconnect();
    expect(states).to.include('stale');
    expect(states.at(-1)).to.equal('in-step');
  });

  it('keeps its memory bounded when more is offered than Redis takes', async () => {
    redis.pause();
    const row = (await rig.lane.receive('tea'))[0]!;
    const many = Array.from({ length: 10_001 }, () => row);
    rig.follower.offer(many);
    expect(rig.writer.dropped).to.equal(10_001);
    redis.resume();
    await rig.until('tea', 1);
  });

  it('holds what MySQL holds after every fault there is, under load and without help', async () => {
    const skus = Array.from({ length: 40 }, (_, number) => `sku-${number}`);
    const received = new Map<string, number>();
    let isOver = false;
    let longestMs = 0;
    const feeding = (async () => {
      while (!isOver) {
        const rows = await rig.lane.receive(...skus);
        const begun = performance.now();
        rig.follower.offer(rows);
        longestMs = Math.max(longestMs, performance.now() - begun);
        for (const { level } of rows) received.set(level!.sku, level!.sequence);
      }
    })();
    let answers = 0;
    const reading = (async () => {
      for (let turn = 0; !isOver; turn++) {
        const sku = skus[turn % skus.length]!;
        // A caller holds the token of an outcome that he has seen.
        const atLeast = received.get(sku) ?? 0;
        const found = await rig.view(sku, atLeast).catch(() => undefined);
        if (found?.found === 'level') {
          answers++;
          const { sequence, onHand } = found.level;
          expect(sequence).to.be.at.least(atLeast);
          expect(onHand).to.equal(sequence);
        }
        await sleep(2);
      }
    })();
    const dump = await redis.dump();
    for (const fault of [
      () => redis.ask((client) => client.flushall()),
      () => redis.kill().then(() => redis.up()),
      () => redis.restore(dump),
      async () => {
        redis.pause();
        await sleep(1500);
        redis.resume();
      },
    ]) {
      await sleep(500);
      await fault();
    }
    await sleep(500);
    isOver = true;
    await Promise.all([feeding, reading]);
    expect(answers).to.be.above(0);
    // Redis stood still for longer than that.
    expect(longestMs).to.be.below(1000);
    for (const sku of skus) await rig.until(sku, received.get(sku)!);
    const findings: ViewFinding[] = [];
    const { client, database } = rig;
    const pair = { client, pool: database.pool, settings: database.settings };
    const checked = await checkView(pair, (found) => void findings.push(...found));
    expect(findings).to.deep.equal([]);
    expect(checked).to.deep.equal({ levels: 40, lanes: [{ lane: 0, state: 'followed' }] });
  });
});

/** What reads gave while something else went on. Failed reads give nothing. */
async function readWhile<Result>(
  read: () => Promise<Result>,
  until: Promise<unknown>,
): Promise<Result[]> {
  const results: Result[] = [];
  let isOver = false;
  const over = until.then(() => sleep(1000)).then(() => (isOver = true));
  while (!isOver) {
    await read().then(
      (result) => results.push(result),
      () => undefined,
    );
    await sleep(5);
  }
  await over;
  return results;
}
