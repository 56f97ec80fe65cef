import { expect } from 'chai';
import type { WhatIfSum } from '../replay/whatIfLanes.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { cliOf } from '../testing/cliOf.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { storedTables } from '../testing/storedTables.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';

interface Level {
  location: string;
  onHand: number;
  reserved: number;
  available: number;
  sequence: number;
}

const lane = partitionOf('tea', 3);
const neighbour = [...'abcdefgh'].find((sku) => partitionOf(sku, 3) === lane)!;

describe('onhand level and replay what-if', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  before(async () => {
    onhand = await testInstallation();
    const processor = await onhand.startProcessor();
    const tea = commandsFor('tea');
    await onhand.send([
      tea.receive(10),
      commandsFor(neighbour).receive(1),
      tea.receive(4, { location: 'outlet' }),
      tea.reserve('o-1', 8),
      tea.confirm('o-1', { quantity: 3 }),
      tea.reserve('o-2', 6),
      tea.reserve('o-3', 2, { ttlSeconds: 3600 }),
    ]);
    await onhand.settled();
    await processor.stop();
  });
  after(async () => {
    await onhand?.close();
  });

  const { cli, json, expectError } = cliOf(() => onhand);
  const levels = async (...args: string[]) => {
    const { levels: found } = (await json('level', 'tea', ...args)) as { levels: Level[] };
    return found.map(({ location, onHand, reserved, sequence }) => {
      return [location, onHand, reserved, sequence];
    });
  };
  const whatIf = async (...args: string[]) =>
    (await json('replay', 'what-if', ...args)) as WhatIfSum;

  describe('level', () => {
    it('tells how much there is, at each location', async () => {
      expect(await levels()).to.deep.equal([
        ['main', 7, 7, 5],
        ['outlet', 4, 0, 1],
      ]);
      expect(await levels('--location', 'outlet')).to.deep.equal([['outlet', 4, 0, 1]]);
      const { stdout } = await cli('level', 'tea');
      expect(stdout).to.match(/ tea +│ main +│ +7 │ +7 │ +0 │ 5 /);
    });

    it('tells how much there was, and that is what was published then', async () => {
      for (const event of await onhand.events()) {
        if (event.sku !== 'tea' || event.location !== 'main') continue;
        const { offset, onHandAfter, reservedAfter, sequence } = event;
        const then = await levels('--at', String(offset + 1), '--location', 'main');
        expect(then).to.deep.equal([['main', onHandAfter, reservedAfter, sequence]]);
      }
      const now = new Date(Date.now() + 60_000).toISOString();
      expect(await levels('--at', now)).to.deep.equal(await levels());
    });

    it('refuses what is not there', async () => {
      await expectError('STOCK_ITEM_UNKNOWN', 'level', 'TEA');
      await expectError('STOCK_ITEM_UNKNOWN', 'level', 'tea', '--location', 'moon');
      await expectError('STOCK_ITEM_UNKNOWN', 'level', 'tea', '--at', '0');
      await expectError('RANGE_BEYOND_LOG', 'level', 'tea', '--at', '1000');
      await expectError('RANGE_INVALID', 'level', 'tea', '--at', 'checkpoint');
    });

    it('says when not all of it is applied yet', async () => {
      await onhand.send([commandsFor('tea').receive(1)]);
      const now = new Date(Date.now() + 60_000).toISOString();
      expect(await json('level', 'tea', '--at', now)).to.include({ unapplied: 1 });
      const { stdout } = await cli('level', 'tea', '--at', now);
      expect(stdout).to.include('1 offsets up to then are not applied yet');
    });
  });

  describe('replay what-if', () => {
    it('tells what a starting level would have changed, and changes nothing', async () => {
      const before = await storedTables(onhand.pool);
      const topics = ['stockEvents', 'stockCommands', 'stockLevels'] as const;
      const ends = () =>
        Promise.all(topics.map((role) => onhand.admin.fetchTopicOffsets(onhand.topics[role].name)));
      const endsBefore = await ends();
      const sum = await whatIf('--start', 'tea=6');
      expect(sum.items).to.deep.equal([
        {
          sku: 'tea',
          location: 'main',
          now: { refused: 1, sold: 3, peakReserved: 8 },
          whatIf: { refused: 0, sold: 3, peakReserved: 13 },
        },
      ]);
      expect(sum.total).to.deep.equal({
        now: { refused: 1, sold: 3 },
        whatIf: { refused: 0, sold: 3 },
      });
      expect(sum.lanes).to.have.length(3);
      expect(await storedTables(onhand.pool)).to.deep.equal(before);
      expect(await ends()).to.deep.equal(endsBefore);
      const { stdout } = await cli('replay', 'what-if', '--start', 'tea=6', '--sku', 'tea');
      expect(stdout).to.match(/ tea +│ main +│ 1 → 0 +│ 3 +│ 8 → 13 /);
      expect(stdout).to.include('7 commands of 1 lanes folded: now → what if');
      expect(stdout).to.include('1 of 3 reservations kept a deadline of their own');
    });

    it('tells when nothing would have been different', async () => {
      const sum = await whatIf('--reservation-ttl', '600', '--jobs', '1');
      expect(sum).to.deep.include({ items: [], reserved: { all: 2, byDefault: 1 } });
      const { stdout } = await cli('replay', 'what-if', '--reservation-ttl', '600');
      expect(stdout).to.include('no stock item would have fared differently');
    });

    it('refuses what cannot be', async () => {
      const run = ['replay', 'what-if'];
      expect((await cli(...run)).stderr).to.include('say what is to be different');
      expect((await cli(...run, '--start', 'tea')).stderr).to.include('such as 85123A=500');
      await expectError('PARTITION_UNKNOWN', ...run, '--start', 'tea=1', '--partition', '3');
      const lives = ['--reservation-ttl', '600', '--reservation-ttl-max', '300'];
      await expectError('WHAT_IF_INVALID', ...run, ...lives);
      await expectError('CHECKPOINT_MISSING', ...run, '--start', 'tea=1', '--from', 'checkpoint');
    });
  });

  describe('with a log that has lost its beginning', () => {
    it('begin at a checkpoint', async () => {
      const created = await cli('checkpoint', 'create', '--engine', 'stock');
      expect(created).to.include({ code: 0 });
      const topic = onhand.topics.stockCommands.name;
      const partitions = [{ partition: lane, offset: '4' }];
      await onhand.admin.deleteTopicRecords({ topic, partitions });
      await expectError('LOG_CUT', 'level', 'tea', '--at', '6');
      await expectError('LOG_CUT', 'replay', 'what-if', '--start', 'tea=9');

      const processor = await onhand.startProcessor();
      await onhand.send([commandsFor('tea').reserve('o-4', 2)]);
      await onhand.settled();
      await processor.stop();
      const now = new Date(Date.now() + 60_000).toISOString();
      expect(await levels('--at', now)).to.deep.equal(await levels());
      const fromHere = ['--from', 'checkpoint', '--sku', 'tea', '--start', 'tea=9'];
      const { items } = await whatIf(...fromHere);
      expect(items).to.have.length(1);
      expect(items[0]?.whatIf).to.deep.equal({ refused: 0, sold: 0, peakReserved: 9 });
      await expectError('WHAT_IF_INVALID', 'replay', 'what-if', ...fromHere, '--start', 'tea=6');
    });
  });
});
