import { expect } from 'chai';
import type { Consumer } from 'kafkajs';
import { StockClient } from '../producers/stockClient.ts';
import type { Settings } from '../src/config/settings.ts';
import { createConsumer } from '../src/messaging/createConsumer.ts';
import { OperationalError } from '../src/ops/errors.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OrderVerdicts } from './orderVerdicts.ts';
import { StockFeed } from './stockFeed.ts';
import type { StockFeedOptions } from './stockFeedOptions.ts';

const handlers = {
  onLevel: () => undefined,
  onEvent: () => undefined,
  onGap: () => undefined,
  onFailed: () => undefined,
};

describe('the group of a feed', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  let topic: string;
  let prefix: string;
  const feeds: StockFeed[] = [];
  let foreign: Consumer | undefined;
  before(async () => {
    onhand = await testInstallation();
    topic = onhand.topics.stockEvents.name;
    prefix = onhand.settings.ONHAND_TOPIC_PREFIX;
  });
  afterEach(async () => {
    await Promise.all(feeds.splice(0).map((feed) => feed.stop()));
    await foreign?.disconnect();
    foreign = undefined;
  });
  after(() => onhand?.close());

  const newFeed = (groupId: string, more: Partial<StockFeedOptions> = {}) => {
    const options = { ...handlers, groupId, ...more } as StockFeedOptions;
    const feed = new StockFeed(onhand.settings, silentLogger, options);
    feeds.push(feed);
    return feed;
  };
  const codeOf = async (work: Promise<unknown>): Promise<string | undefined> => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error instanceof OperationalError ? error.code : String(error);
  };

  it('has the prefix, and takes over once what the bare name had', async () => {
    const bare = `${prefix}old`;
    const produced = Array.from({ length: 4 }, () => ({ value: 'x', partition: 1 }));
    await onhand.sendRaw(produced, 'stockEvents');
    const partitions = [0, 1, 2].map((partition) => ({
      partition,
      offset: partition === 1 ? '4' : '0',
    }));
    await onhand.admin.setOffsets({ groupId: bare, topic, partitions });
    const feed = newFeed(bare);
    await feed.start();
    const offsets = feed.positions.map(({ partition, offset }) => [partition, offset]);
    expect(offsets.sort()).to.deep.equal([
      [0, 0],
      [1, 4],
      [2, 0],
    ]);
    await feed.stop();
    const [own] = await onhand.admin.fetchOffsets({ groupId: prefix + bare, topics: [topic] });
    expect(own?.partitions.find(({ partition }) => partition === 1)?.offset).to.equal('4');
    await onhand.admin.setOffsets({
      groupId: bare,
      topic,
      partitions: [{ partition: 1, offset: '1' }],
    });
    const again = newFeed(bare);
    await again.start();
    expect(again.positions.find(({ partition }) => partition === 1)?.offset).to.equal(4);
  });

  it('that readers of another topic share is refused, and takes nothing from them', async () => {
    const other = onhand.topics.orderEvents.name;
    foreign = createConsumer(
      createKafka(onhand.settings, 'onhand-test', silentLogger),
      { groupId: `${prefix}shared` },
      { onCrash: () => undefined, onOffsetOutOfRange: () => undefined },
    );
    let owned: number[] = [];
    foreign.on(foreign.events.GROUP_JOIN, ({ payload }) => {
      owned = payload.memberAssignment[other] ?? [];
    });
    await foreign.connect();
    await foreign.subscribe({ topic: other });
    await foreign.run({ eachMessage: () => Promise.resolve() });
    await waitUntil('the other reader', () => owned.length === 3);
    expect(await codeOf(newFeed('shared').start())).to.equal('GROUP_SHARED');
    expect(owned).to.have.length(3);
  });

  it('is one of several options, whose faults are named', () => {
    const wrong = [{ groupId: undefined }, { groupId: '' }, { positions: [] }, { onGap: 'none' }];
    for (const more of wrong) {
      const make = () => newFeed('g', more as unknown as Partial<StockFeedOptions>);
      expect(make, JSON.stringify(more)).to.throw(OperationalError, 'StockFeed: ');
    }
    const take = () => Promise.resolve();
    expect(
      () => new OrderVerdicts(onhand.settings, silentLogger, '', take, () => undefined),
    ).to.throw(OperationalError, 'OrderVerdicts: group');
  });

  it('has no topic to read where topics are missing, as readers and clients say', async () => {
    const settings: Settings = { ...onhand.settings, ONHAND_TOPIC_PREFIX: `${prefix}none-` };
    const take = () => Promise.resolve();
    const feed = new StockFeed(settings, silentLogger, { ...handlers, groupId: 'g' });
    const verdicts = new OrderVerdicts(settings, silentLogger, 'g', take, () => undefined);
    const client = new StockClient(settings, silentLogger);
    for (const started of [feed, verdicts, client]) {
      expect(await codeOf(started.start()), started.constructor.name).to.equal('TOPIC_MISSING');
    }
  });
});
