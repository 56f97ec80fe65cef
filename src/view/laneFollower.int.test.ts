import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { ViewRig } from '../testing/viewRig.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { findOutcomes } from './outcomeMailbox.ts';
import { levelKey, notesKey, olderKeys } from './viewKeys.ts';
import { ViewWriter } from './viewWriter.ts';

describe('the view in Redis follows a lane', function () {
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

  it('shows levels and outcomes of what is offered', async () => {
    const rows = await rig.receive('tea', 'cup', 'tea');
    await rig.until('tea', 2);
    const found = await rig.view('tea');
    expect(found).to.deep.include({ found: 'level', isCurrent: true, level: rows[2]!.level });
    expect(found.ageMs).to.be.below(20_000);
    expect(await rig.view('pot')).to.include({ found: 'nothing', isCurrent: true });
    const [first, none] = await findOutcomes(rig.client, rig.database.settings, [
      { sku: 'cup', commandId: rows[1]!.commandId! },
      { sku: 'tea', commandId: rows[1]!.commandId! },
    ]);
    expect(first).to.include({ sku: 'cup', commandId: rows[1]!.commandId, sequence: 1 });
    expect(none).to.be.undefined;
    const [key] = await rig.client.keys('*:outcome:c-2');
    expect(await rig.client.pttl(key!)).to.be.within(590_000, 600_000);
    expect(rig.writer.dropped).to.equal(0);
  });

  it('leaves no outcome in the mailbox for commands that did not ask for it', async () => {
    rig.lane.asksForMailbox = false;
    await rig.receive('tea');
    rig.lane.asksForMailbox = true;
    await rig.receive('tea');
    await rig.until('tea', 2);
    const keys = await rig.client.keys('*:outcome:*');
    expect(keys.map((key) => key.split(':').at(-1))).to.deep.equal(['c-2']);
  });

  it('leaves nothing of an older release, and what is another installation’s', async () => {
    const { client, lane, database } = rig;
    const { settings } = database;
    await rig.receive('tea', 'cup');
    await rig.until('cup', 1);
    const { topicId, epoch } = lane.claim;
    const older = ['tea', 'cup'].map((sku) => olderKeys.level(settings, { sku, location: 'main' }));
    const [tea = '', cup = ''] = older;
    const level = { sequence: 9, onHand: 9, reserved: 0, time: 9 };
    await client.hset(tea, { ...level, log: topicId });
    await client.hset(cup, { ...level, log: 'o'.repeat(22) });
    const notes = olderKeys.notes(settings);
    await client.hset(notes, { 0: `${topicId} ${epoch} 2 in-step`, '0:seen': 1, 1: 'x 1 1 y' });
    await rig.follower.close();
    await lane.claimAnew();
    rig.follower = rig.writer.follow(lane.claim);
    await waitUntil('the older note is gone', async () => (await client.hlen(notes)) === 1);
    expect(await client.exists(tea)).to.equal(0);
    expect(await client.hget(cup, 'sequence')).to.equal('9');
    expect(await rig.sequenceOf('tea')).to.equal(1);
  });

  it('answers a read token with the level, or that it is behind', async () => {
    await rig.receive('tea', 'tea');
    await rig.until('tea', 2);
    expect(await rig.view('tea', 2)).to.include({ found: 'level' });
    expect(await rig.view('tea', 3)).to.include({ found: 'behind', sequence: 2 });
  });

  it('never goes back: repeats and rows in the wrong order change nothing', async () => {
    const rows = [
      ...(await rig.receive('tea')),
      ...(await rig.receive('tea')),
      ...(await rig.receive('tea')),
    ];
    await rig.until('tea', 3);
    const seen: number[] = [];
    for (const row of [rows[2]!, rows[0]!, rows[1]!, rows[0]!]) {
      rig.follower.offer([row]);
      await sleep(20);
      seen.push((await rig.sequenceOf('tea'))!);
    }
    expect(seen).to.deep.equal([3, 3, 3, 3]);
  });

  it('makes up for rows that were never offered', async () => {
    await rig.lane.receive('tea', 'cup');
    await rig.receive('tea');
    await rig.until('tea', 2);
    expect(await rig.sequenceOf('cup')).to.equal(1);
  });

  it('sends what waits before it ends', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    await rig.receive('tea', 'cup');
    await rig.follower.close();
    expect(await rig.sequenceOf('tea')).to.equal(2);
    expect(await rig.sequenceOf('cup')).to.equal(1);
  });

  it('goes on where another process has left off', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    await rig.follower.close();
    await rig.lane.receive('tea', 'cup');
    await rig.lane.claimAnew();
    rig.follower = rig.writer.follow(rig.lane.claim);
    await rig.until('tea', 2);
    await rig.until('cup', 1);
  });

  it('leaves the lane to whoever claimed it later', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    const zombie = rig.follower;
    await rig.lane.claimAnew();
    const other = new ViewWriter(rig.database.settings, silentLogger);
    try {
      rig.follower = other.follow(rig.lane.claim);
      await rig.receive('tea');
      await rig.until('tea', 2);
      const late = await rig.lane.receive('tea');
      zombie.offer(late);
      rig.follower.offer(late);
      await rig.until('tea', 3);
      await waitUntil('the zombie to see it', () => rig.writer.lanesBehind === 1);
      await sleep(500);
      const note = await rig.client.hget(notesKey(rig.database.settings), '0');
      expect(note).to.equal(`${'t'.repeat(22)} ${rig.lane.claim.epoch} 3 in-step`);
    } finally {
      await other.stop();
    }
  });

  it('takes over a note of a later claim that nobody affirms any more', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    const notes = notesKey(rig.database.settings);
    const later = `${rig.lane.id.topicId} ${rig.lane.claim.epoch + 90} 7 in-step`;
    await rig.client.hset(notes, '0', later);
    await rig.receive('tea');
    await waitUntil('the follower to see it', () => rig.writer.lanesBehind === 1);
    await sleep(500);
    expect(await rig.client.hget(notes, '0')).to.equal(later);
    await rig.client.hset(notes, '0:seen', Date.now() - 60_000);
    await rig.until('tea', 2);
    expect(await rig.client.hget(notes, '0')).to.equal(
      `${rig.lane.id.topicId} ${rig.lane.claim.epoch} 2 in-step`,
    );
  });

  it('reads the levels themselves when the rows that it missed were pruned', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    await rig.follower.close();
    await rig.lane.receive('tea', 'cup', 'cup');
    await rig.database.pool.query('DELETE FROM outbox WHERE sequence < 4');
    rig.follower = rig.writer.follow(rig.lane.claim);
    await rig.until('tea', 2);
    expect(await rig.sequenceOf('cup')).to.equal(2);
  });

  it('reads the levels themselves when very many rows are missing', async () => {
    await rig.receive('tea');
    await rig.until('tea', 1);
    await rig.follower.close();
    for (let slice = 0; slice < 21; slice++) {
      await rig.lane.receive(...Array.from({ length: 1000 }, (_, sku) => `sku-${sku % 500}`));
    }
    const begun = performance.now();
    rig.follower = rig.writer.follow(rig.lane.claim);
    await rig.until('sku-499', 42);
    expect(performance.now() - begun).to.be.below(20_000);
    expect(await rig.client.keys('*:outcome:c-20000')).to.be.empty;
  });

  it('takes numbers of another log for none, however high', async () => {
    const key = levelKey(rig.database.settings, { sku: 'tea', location: 'main' });
    await rig.client.hset(key, {
      log: 'o'.repeat(22),
      sequence: 900,
      onHand: 900,
      reserved: 0,
      time: 1,
    });
    expect(await rig.view('tea')).to.include({ found: 'nothing' });
    await rig.receive('tea');
    await rig.until('tea', 1);
  });
});
