import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createKafka } from '../../messaging/kafkaClient.ts';
import { consumerGroup } from '../../messaging/kafkaNames.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { waitUntil } from '../waitUntil.ts';
import { type FaultRig, faultRig, isFullChaos, itInFull } from './faultRig.ts';
import type { Worker } from './worker.ts';

/** Processes that have owned a lane when the storm may end, and the least time that it rages. */
const storm = isFullChaos ? { owners: 15, ms: 60_000 } : { owners: 2, ms: 4000 };

describe('the consumer group', function () {
  this.timeout(storm.ms + 240_000);
  let rig: FaultRig;
  let topic: string;
  let groupId: string;
  beforeEach(async () => {
    rig = await faultRig({ ONHAND_SESSION_TIMEOUT_SECONDS: 1 });
    topic = rig.topics.stockCommands.name;
    groupId = consumerGroup(rig.settings, 'stock');
  });
  afterEach(() => rig?.close());

  const committed = async () => {
    const [offsets] = await rig.admin.fetchOffsets({ groupId, topics: [topic] });
    return offsets!.partitions.map(({ offset }) => Number(offset));
  };
  const applied = async () => (await rig.progress()).map(({ nextOffset }) => nextOffset);

  itInFull(
    'whose offsets are set to the earliest under load: nothing is applied again',
    async () => {
      rig.startLoad();
      const first = rig.newWorker();
      await first.untilSaid('lane claimed', 3);
      await sleep(2000);
      await first.stop();
      const before = await applied();
      expect(await committed()).to.deep.equal(before);

      await rig.admin.setOffsets({ groupId, topic, partitions: before.map(earliest) });
      expect(await committed()).to.deep.equal([0, 0, 0]);
      const second = rig.newWorker();
      await second.untilSaid('lane claimed', 3);
      expect(second.said('lane claimed').map(({ nextOffset }) => nextOffset)).to.have.members(
        before,
      );
      await rig.expectExact();
      for (const [lane, offset] of (await applied()).entries()) {
        expect(offset).to.be.greaterThan(before[lane]!);
      }
    },
  );

  it('whose offsets a foreign member sets to the earliest while it has lanes', async () => {
    rig.startLoad();
    const worker = rig.newWorker();
    await worker.untilSaid('lane claimed', 3);
    const kafka = createKafka(rig.settings, 'onhand-test', silentLogger);
    const foreign = kafka.consumer({ groupId, sessionTimeout: 6000 });
    let taken: number[] = [];
    foreign.on(foreign.events.GROUP_JOIN, ({ payload }) => {
      taken = payload.memberAssignment[topic] ?? [];
    });
    await foreign.connect();
    await foreign.subscribe({ topic, fromBeginning: true });
    await foreign.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
    await waitUntil('lanes of the foreign member', () => taken.length > 0);
    await foreign.commitOffsets(taken.map((partition) => ({ topic, partition, offset: '0' })));
    const offsets = await committed();
    for (const partition of taken) expect(offsets[partition]).to.equal(0);
    const claims = worker.said('lane claimed').length;
    await foreign.disconnect();
    await worker.untilSaid('lane claimed', claims + taken.length);
    await rig.expectExact();
  });

  it('that workers join and leave all the time: lanes change hands, work goes on', async () => {
    rig.startLoad();
    const workers: Worker[] = [rig.newWorker()];
    const owners = new Set<string>();
    const begun = Date.now();
    let joins = 0;
    const isOver = async () => {
      for (const { owner } of await rig.progress()) owners.add(owner);
      return Date.now() - begun > storm.ms && owners.size >= storm.owners;
    };
    while (!(await isOver())) {
      const newest = rig.newWorker();
      workers.push(newest);
      // Whoever joined is counted in before the next change, and not left alone for longer.
      await newest.untilSaid('lanes assigned');
      // In turn in good order and by force; the newest as well as the oldest.
      while (workers.length > 2) {
        const leaver = joins % 2 === 0 ? workers.shift()! : workers.pop()!;
        if (joins % 4 < 2) void leaver.stop();
        else void leaver.kill();
      }
      joins++;
    }
    const before = (await applied()).reduce((sum, offset) => sum + offset, 0);
    expect(before, 'records applied in the storm').to.be.greaterThan(0);
    await rig.expectExact();
  });
});

function earliest(_: number, partition: number) {
  return { partition, offset: '0' };
}
