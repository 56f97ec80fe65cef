import { expect } from 'chai';
import { createKafka } from '../messaging/kafkaClient.ts';
import { cursorGroup } from '../messaging/kafkaNames.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { TopicRole } from '../messaging/topics.ts';
import { type EngineName, readProgress } from '../storage/progress.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import type { Finding } from './findings.ts';
import { verifyEngines } from './verifyEngines.ts';

const lanes: Record<EngineName, number> = {
  stock: partitionOf('tea', 3),
  order: partitionOf('order-1', 3),
};

describe('what lanes publish and forward', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
    const processor = await onhand.startProcessor();
    await onhand.send([commandsFor('tea').receive(10)]);
    await onhand.settled();
    await onhand.sendOrders([orderEventsFor('order-1').place({ tea: 2 })]);
    await waitUntil('the verdict', async () => (await onhand.verdicts()).length === 1);
    await onhand.settled();
    await processor.stop();
  });
  after(() => onhand?.close());

  const verify = () => verifyEngines(onhand.settings);
  /** What is found after it that was not found before it. */
  const foundAfter = async (plant: () => Promise<unknown>): Promise<Finding[]> => {
    const before = (await verify()).findings.map((finding) => JSON.stringify(finding));
    await plant();
    const { findings } = await verify();
    return findings.filter((finding) => !before.includes(JSON.stringify(finding)));
  };
  const repeatLast = async (role: TopicRole) => {
    const producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer();
    const last = (await onhand.read(role)).at(-1)!;
    await producer.connect();
    await producer.send({ topic: onhand.topics[role].name, messages: [last] });
    await producer.disconnect();
  };

  for (const [engine, role] of [
    ['stock', 'stockEvents'],
    ['order', 'orderStock'],
  ] as const) {
    it(`finds a record of ${role} that was published twice, also when it is the last`, async () => {
      const texts = { expected: '0 at most', found: '1' };
      expect(await foundAfter(() => repeatLast(role))).to.deep.equal([
        {
          engine,
          lane: lanes[engine],
          where: 'Kafka',
          what: 'records after the last that the log demands',
          item: null,
          offset: null,
          ...texts,
        },
      ]);
      expect((await verify()).lines.some(({ ok }) => !ok)).to.be.true;
    });
  }

  it('finds a dead letter of which the log knows nothing', async () => {
    const letter = { key: 'order-1', value: Buffer.from('?'), partition: lanes.order };
    const found = await foundAfter(() => onhand.sendRaw([letter], 'orderDeadLetter'));
    expect(found.map(({ engine, where, found }) => [engine, where, found])).to.deep.equal([
      ['order', 'Kafka', '2'],
    ]);
  });

  it('finds a command and a reply that the engines have sent each other twice', async () => {
    const texts = { expected: '1 at most', found: '2' };
    const { stockCommands, orderEvents } = onhand.topics;
    const found = await foundAfter(async () => {
      await repeatLast('stockCommands');
      await repeatLast('orderEvents');
    });
    const item = 'tea at main';
    const reply = { engine: 'stock', lane: lanes.stock, where: orderEvents.name };
    const command = { engine: 'order', lane: lanes.order, where: stockCommands.name };
    expect(found).to.deep.equal([
      { ...reply, what: 'reply of sequence 3', item, offset: 1, ...texts },
      { ...command, what: 'command of sequence 1', item, offset: 0, ...texts },
    ]);
  });

  for (const [what, role, lane, lines] of [
    ['command that never left', 'stockCommands', (lanes.order + 1) % 3, { tea: 1 }],
    ['verdict that was never given', 'orderStock', (lanes.order + 2) % 3, {}],
  ] as const) {
    it(`finds a ${what}`, async () => {
      const { settings, admin, topics, pool } = onhand;
      const number = [...Array(99).keys()].find((it) => partitionOf(`lost-${it}`, 3) === lane);
      // The publisher believes that the lane's first row is on Kafka.
      const cursor = {
        topic: topics.orderStock.name,
        partitions: [{ partition: lane, offset: '1' }],
      };
      const found = await foundAfter(async () => {
        await admin.setOffsets({ groupId: cursorGroup(settings, 'order'), ...cursor });
        const processor = await onhand.startProcessor();
        await onhand.sendOrders([orderEventsFor(`lost-${number}`).place(lines)]);
        await waitUntil('the order', async () => {
          return (await readProgress(pool, 'order', lane))?.outboxSequence === 1;
        });
        await processor.stop();
      });
      const ofLane = found.filter((it) => it.engine === 'order' && it.lane === lane);
      expect(ofLane.map(({ where, found }) => [where, found])).to.deep.equal([
        [topics[role].name, ''],
      ]);
    });
  }
});
