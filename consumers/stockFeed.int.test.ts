import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import type { Processor } from '../src/cli/processor.ts';
import { cursorGroup } from '../src/messaging/kafkaNames.ts';
import { levelAfter } from '../src/domain/stockLevel.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { FeedReader } from '../src/testing/feedReader.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { storedStock } from '../src/testing/storedStock.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import type { FeedHandlers } from './feedHandlers.ts';
import type { KnownItem } from './itemSequences.ts';
import { StockFeed } from './stockFeed.ts';
import type { FeedStart, StockFeedOptions } from './stockFeedOptions.ts';

const skus = Array.from({ length: 30 }, (_, index) => `sku-${index}`);

describe('StockFeed', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  const feeds: StockFeed[] = [];
  const loads: (() => Promise<void>)[] = [];
  const readers: FeedReader[] = [];
  before(async () => {
    onhand = await testInstallation();
    processor = await onhand.startProcessor();
  });
  afterEach(async () => {
    await Promise.all(loads.splice(0).map((stop) => stop()));
    await Promise.all(feeds.splice(0).map((feed) => feed.stop()));
  });
  after(async () => {
    await Promise.all(readers.map((reader) => reader.kill()));
    await processor?.stop();
    await onhand?.close();
  });

  const groupId = (name: string) => `${onhand.settings.ONHAND_TOPIC_PREFIX}${name}`;
  const newReader = () => {
    const reader = new FeedReader();
    readers.push(reader);
    return reader;
  };
  /** Handlers that leave everything with a reader. */
  const into = (reader: FeedReader): FeedHandlers & Pick<StockFeedOptions, 'onFailed'> => ({
    onLevel: (level, position) => reader.take({ of: 'level', level, position }),
    onEvent: (event, position) => reader.take({ of: 'event', level: levelAfter(event), position }),
    onGap: (gap) => reader.take({ of: 'gap', gap }),
    onFailed: ({ message }) => reader.take({ of: 'failure', message }),
  });
  /** A feed in this process, which starts from what its reader has. */
  async function newFeed(
    reader: FeedReader,
    start: FeedStart = { positions: [...reader.positions.values()] },
    more: Partial<FeedHandlers> = {},
  ): Promise<StockFeed> {
    const known = () => [...reader.levels.values()];
    const options = { ...start, known, ...into(reader), ...more };
    const feed = new StockFeed(onhand.settings, silentLogger, options);
    feeds.push(feed);
    await feed.start();
    return feed;
  }

  const sendSome = async (count: number) => {
    const drawn = Array.from({ length: count }, (_, index) => {
      const { receive, reserve } = commandsFor(skus[randomInt(skus.length)]!);
      return index % 3 === 0 ? receive(randomInt(1, 9)) : reserve(`o-${randomInt(1e9)}`, 1);
    });
    await onhand.send(drawn);
  };
  /** Sends commands without rest until told to stop. */
  function startLoad() {
    let stopped = false;
    const run = async () => {
      while (!stopped) {
        await sendSome(10);
        await sleep(40);
      }
    };
    const done = run();
    const stop = async () => {
      stopped = true;
      await done;
    };
    loads.push(stop);
    return stop;
  }
  const textOf = (levels: Iterable<KnownItem & { onHand: number; reserved: number }>) =>
    [...levels]
      .map((it) => `${it.sku} ${it.location} ${it.sequence} ${it.onHand} ${it.reserved}`)
      .sort();
  /** Waits until the reader has what MySQL holds, and says in what it differs if it never has. */
  async function expectEqualToMysql(reader: FeedReader): Promise<void> {
    await untilPublished();
    const { levels } = await storedStock(onhand.pool);
    const stored = textOf(levels);
    const found = () => textOf(reader.levels.values());
    const equal = () => found().join() === stored.join();
    await waitUntil('all events', equal, 60_000).catch(() => undefined);
    expect(found()).to.deep.equal(stored);
    expect(reader.failures).to.deep.equal([]);
  }
  /** Waits until all commands are applied, and their events sent. */
  async function untilPublished(): Promise<void> {
    const topic = onhand.topics.stockEvents.name;
    const cursors = cursorGroup(onhand.settings, 'stock');
    await waitUntil(
      'the end of all commands',
      async () => {
        const ends = await onhand.admin.fetchTopicOffsets(onhand.topics.stockCommands.name);
        const [sent] = await onhand.admin.fetchOffsets({ groupId: cursors, topics: [topic] });
        const [rows] = await onhand.pool.query<RowDataPacket[]>(
          'SELECT lane, next_offset AS nextOffset, outbox_sequence AS sequence FROM progress',
        );
        return ends.every(({ partition, high }) => {
          const lane = rows.find((row) => row.lane === partition);
          const cursor = sent?.partitions.find((it) => it.partition === partition)?.offset;
          return lane?.nextOffset === Number(high) && lane.sequence === Number(cursor);
        });
      },
      60_000,
    );
  }
  /** Deletes all events up to so many before the end of each partition. */
  async function trim(leave: number): Promise<void> {
    const topic = onhand.topics.stockEvents.name;
    const ends = await onhand.admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, low, high }) => {
      return { partition, offset: String(Math.max(Number(low), Number(high) - leave)) };
    });
    await onhand.admin.deleteTopicRecords({ topic, partitions });
  }

  it('starts from levels under load and goes on with events, without gap or overlap', async () => {
    await sendSome(200);
    await untilPublished();
    const stopLoad = startLoad();
    const reader = newReader();
    await newFeed(reader);
    expect(reader.levels.size).to.be.at.least(25);
    const eventsAtStart = reader.events;
    await sleep(1000);
    await stopLoad();
    await expectEqualToMysql(reader);
    expect(reader.events).to.be.above(eventsAtStart);
    expect(reader).to.deep.include({ gaps: [], repeats: 0 });
  });

  it('loses and repeats nothing when killed at random, with positions of the caller', async () => {
    const stopLoad = startLoad();
    const reader = newReader();
    for (let kills = 0; kills < 6; kills++) {
      reader.start(onhand.settings);
      const { events } = reader;
      await waitUntil('events', () => reader.events > events, 40_000);
      await sleep(randomInt(300));
      await reader.kill();
    }
    reader.start(onhand.settings);
    await stopLoad();
    await expectEqualToMysql(reader);
    await reader.kill();
    expect(reader).to.deep.include({ gaps: [], repeats: 0 });
  });

  it('loses nothing when killed at random, with the position of its group', async () => {
    const stopLoad = startLoad();
    const reader = newReader();
    for (let kills = 0; kills < 3; kills++) {
      reader.start(onhand.settings, groupId('killed'));
      const { events } = reader;
      await waitUntil('events', () => reader.events > events, 40_000);
      await sleep(500 + randomInt(1500));
      await reader.kill();
    }
    reader.start(onhand.settings, groupId('killed'));
    await stopLoad();
    await expectEqualToMysql(reader);
    await reader.kill();
    // It knew what it had, so what the group's position lagged behind was dropped.
    expect(reader).to.deep.include({ gaps: [], repeats: 0 });
  });

  it('goes on where its group was when it was stopped', async () => {
    const reader = newReader();
    const first = await newFeed(reader, { groupId: groupId('stopped') });
    await sendSome(60);
    await expectEqualToMysql(reader);
    await first.stop();
    await sendSome(60);
    const { events } = reader;
    await newFeed(reader, { groupId: groupId('stopped') });
    await expectEqualToMysql(reader);
    expect(reader.events - events).to.equal(60);
    expect(reader).to.deep.include({ gaps: [], repeats: 0 });
  });

  it('shares the partitions of a group, and takes them over', async () => {
    const reader = newReader();
    const start = { groupId: groupId('shared') };
    const first = await newFeed(reader, start);
    const stopLoad = startLoad();
    const second = await newFeed(reader, start);
    await waitUntil(
      'two readers',
      () => {
        return first.positions.length > 0 && second.positions.length > 0;
      },
      30_000,
    );
    expect(first.positions.length + second.positions.length).to.equal(3);
    await sleep(500);
    await first.stop();
    await waitUntil('one reader', () => second.positions.length === 3, 40_000);
    await stopLoad();
    await expectEqualToMysql(reader);
    expect(reader).to.deep.include({ gaps: [] });
  });

  it('reports events deleted behind its position, and has the levels after all', async () => {
    const reader = newReader();
    const first = await newFeed(reader);
    await expectEqualToMysql(reader);
    await first.stop();
    const before = new Map([...reader.levels].map(([item, { sequence }]) => [item, sequence]));
    await sendSome(150);
    await untilPublished();
    await trim(20);
    const { events } = reader;
    await newFeed(reader);
    await expectEqualToMysql(reader);

    const offsets = reader.gaps.filter(({ missing }) => missing === 'offsets');
    expect(offsets).to.have.length(3);
    // What was handed on and what was reported are together all that has happened.
    let reported = 0;
    for (const gap of reader.gaps) {
      if (gap.missing === 'sequences') {
        reported += gap.found - gap.expected + (gap.foundIn === 'level' ? 1 : 0);
      }
    }
    let happened = 0;
    for (const [item, { sequence }] of reader.levels) happened += sequence - before.get(item)!;
    expect(reported).to.be.above(0);
    expect(reader.events - events).to.be.above(0);
    expect(reader.events - events + reported).to.equal(happened);
  });

  it('reports deleted records of a group, also when it does not know what it had', async () => {
    const reader = newReader();
    const start = { groupId: groupId('trimmed') };
    const first = await newFeed(reader, start);
    await expectEqualToMysql(reader);
    await first.stop();
    await sendSome(100);
    await untilPublished();
    await trim(0);
    const empty = newReader();
    const again = new StockFeed(onhand.settings, silentLogger, { ...start, ...into(empty) });
    feeds.push(again);
    await again.start();
    await expectEqualToMysql(empty);
    expect(empty.gaps.map(({ missing }) => missing)).to.deep.equal(Array(3).fill('offsets'));
  });

  it('ends before an event that its caller cannot take, and hands it on again', async () => {
    const reader = newReader();
    await newFeed(reader, undefined, {
      onEvent: (event, position) => {
        if (event.sku === 'bad') throw new Error('disk full');
        return into(reader).onEvent(event, position);
      },
    });
    await onhand.send([commandsFor('bad').receive(1)]);
    await waitUntil('the failure', () => reader.failures.length > 0, 60_000);
    expect(reader.failures.splice(0)).to.deep.equal(['disk full']);
    await newFeed(reader);
    await expectEqualToMysql(reader);
    expect(reader.levels.get('bad\nmain')).to.include({ onHand: 1 });
    expect(reader).to.deep.include({ gaps: [], repeats: 0 });
  });

  it('leaves no group behind when the caller keeps the position', async () => {
    const groups = async () => {
      const listed = (await onhand.admin.listGroups()).groups.map((it) => it.groupId);
      return listed.filter((id) => id.startsWith(groupId('onhand-feed')));
    };
    const before = await groups();
    const feed = await newFeed(newReader());
    expect(await groups()).to.have.length(before.length + 1);
    await feed.stop();
    expect(await groups()).to.deep.equal(before);
  });
});
