import { expect } from 'chai';
import fc from 'fast-check';
import type { StockEvent } from '../src/domain/events.ts';
import { lateHeader } from '../src/messaging/lateHeader.ts';
import { encodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import type { PublishedStockLevel } from '../src/messaging/stockLevelCodec.ts';
import type { FeedGap, FeedHandlers } from './feedHandlers.ts';
import { FeedPartition, type FeedRecord } from './feedPartition.ts';
import { ItemSequences, type KnownItem } from './itemSequences.ts';

const partition = 3;
const goOn = () => true;

/** An event that leaves as many units on hand as its sequence says. */
function record(offset: number, sku: string, sequence: number): FeedRecord {
  const event: StockEvent = {
    kind: 'StockReceived',
    quantity: 1,
    sku,
    location: 'main',
    sequence,
    commandId: `c-${sku}-${sequence}`,
    commandDigest: 1,
    time: 1_700_000_000_000,
    onHandBefore: sequence - 1,
    reservedBefore: 0,
    onHandAfter: sequence,
    reservedAfter: 0,
  };
  const cause = { topicId: 't'.repeat(22), partition, offset, index: 0 };
  return { offset: String(offset), value: encodeStockEvent(event, cause) };
}

/** The same, published late. */
function late(...of: Parameters<typeof record>): FeedRecord {
  return { ...record(...of), headers: { [lateHeader]: Buffer.from('7') } };
}

function level(sku: string, sequence: number): PublishedStockLevel {
  const place = { sku, location: 'main' };
  return { ...place, sequence, onHand: sequence, reserved: 0, time: 1_700_000_000_000 };
}

/** A partition that starts at `offset`, and what it hands on, as short text. */
function feedAt(offset: number, known: KnownItem[], complete: boolean) {
  const told: string[] = [];
  const gaps: FeedGap[] = [];
  const handlers: FeedHandlers = {
    onLevel: ({ sku, sequence }, at) => void told.push(`level ${sku} ${sequence} @${at.offset}`),
    onEvent: async ({ sku, sequence }, at) => {
      await Promise.resolve();
      told.push(`${sku} ${sequence} @${at.offset}`);
    },
    onLate: ({ sku, sequence }, at) => void told.push(`late ${sku} ${sequence} @${at.offset}`),
    onGap: (gap) => {
      gaps.push(gap);
      told.push(`gap ${gap.expected}..${gap.found}`);
    },
  };
  const feed = new FeedPartition(
    handlers,
    { partition, offset },
    new ItemSequences(known, complete),
  );
  return { feed, told, gaps };
}

describe('FeedPartition', () => {
  it('starts with levels and goes on with the events that follow them', async () => {
    const { feed, told } = feedAt(10, [], false);
    await feed.begin([level('tea', 5), level('coffee', 1)], goOn);
    await feed.take([record(10, 'tea', 5), record(11, 'tea', 6), record(13, 'milk', 1)], goOn);
    expect(told).to.deep.equal([
      'level tea 5 @10',
      'level coffee 1 @10',
      'tea 6 @12',
      'milk 1 @14',
    ]);
    expect(feed.position).to.deep.equal({ partition, offset: 14 });
  });

  it('hands on no level that is known, and reports what a newer one stands for', async () => {
    const known = [level('tea', 5), level('coffee', 1)];
    const { feed, told, gaps } = feedAt(10, known, false);
    await feed.begin([level('tea', 5), level('coffee', 4), level('milk', 2)], goOn);
    expect(told).to.deep.equal(['gap 2..4', 'level coffee 4 @10', 'level milk 2 @10']);
    expect(gaps[0]).to.deep.include({ missing: 'sequences', sku: 'coffee', foundIn: 'level' });
  });

  it('drops repeats, in whatever order they come', async () => {
    const { feed, told } = feedAt(0, [], true);
    const sequences = [1, 2, 1, 3, 2, 1, 3, 4];
    await feed.take(
      sequences.map((sequence, offset) => record(offset, 'tea', sequence)),
      goOn,
    );
    expect(told).to.deep.equal(['tea 1 @1', 'tea 2 @2', 'tea 3 @4', 'tea 4 @8']);
  });

  it('reports a gap before the event behind it, and goes on from there', async () => {
    const { feed, told, gaps } = feedAt(0, [], true);
    await feed.take([record(0, 'tea', 1), record(1, 'tea', 4), record(2, 'tea', 5)], goOn);
    expect(told).to.deep.equal(['tea 1 @1', 'gap 2..4', 'tea 4 @2', 'tea 5 @3']);
    expect(gaps).to.deep.equal([
      {
        missing: 'sequences',
        sku: 'tea',
        location: 'main',
        expected: 2,
        found: 4,
        foundIn: 'event',
      },
    ]);
  });

  it('hands on what comes late apart from what is next, once by position', async () => {
    const { feed, told } = feedAt(0, [], true);
    const records = [
      record(0, 'tea', 1),
      record(1, 'tea', 4),
      late(2, 'tea', 2),
      late(3, 'tea', 3),
      record(4, 'tea', 5),
      late(5, 'tea', 6),
    ];
    await feed.take(records, goOn);
    await feed.take(records, goOn);
    expect(told).to.deep.equal([
      'tea 1 @1',
      'gap 2..4',
      'tea 4 @2',
      'late tea 2 @3',
      'late tea 3 @4',
      'tea 5 @5',
      // Nothing of its item stands before it that is younger.
      'tea 6 @6',
    ]);
  });

  it('learns nothing of an item from what comes late', async () => {
    const { feed, told } = feedAt(0, [], false);
    await feed.take([late(0, 'tea', 2), record(1, 'tea', 7), late(2, 'milk', 1)], goOn);
    expect(told).to.deep.equal(['late tea 2 @1', 'tea 7 @2', 'late milk 1 @3']);
  });

  it('passes over what comes late where nobody asks for it', async () => {
    const told: string[] = [];
    const handlers: FeedHandlers = {
      onLevel: () => undefined,
      onEvent: ({ sequence }) => void told.push(`tea ${sequence}`),
      onGap: () => void told.push('gap'),
    };
    const feed = new FeedPartition(handlers, { partition, offset: 0 }, new ItemSequences([], true));
    const records = [record(0, 'tea', 1), record(1, 'tea', 3), late(2, 'tea', 2)];
    await feed.take(records, goOn);
    expect(told).to.deep.equal(['tea 1', 'gap', 'tea 3']);
    expect(feed.position.offset).to.equal(3);
  });

  it('passes over records that it has had', async () => {
    const { feed, told } = feedAt(0, [], false);
    const records = [record(0, 'tea', 7), record(1, 'tea', 8)];
    await feed.take(records, goOn);
    await feed.take([...records, record(2, 'tea', 9)], goOn);
    expect(told).to.deep.equal(['tea 7 @1', 'tea 8 @2', 'tea 9 @3']);
  });

  it('stops between two events, and goes on there', async () => {
    const { feed, told } = feedAt(0, [], true);
    const records = [record(0, 'tea', 1), record(1, 'tea', 2), record(2, 'tea', 3)];
    expect(await feed.take(records, () => told.length < 2)).to.be.false;
    expect(feed.position.offset).to.equal(2);
    expect(await feed.take(records, () => Promise.resolve(true))).to.be.true;
    expect(told).to.deep.equal(['tea 1 @1', 'tea 2 @2', 'tea 3 @3']);
  });

  it('stays before an event whose handling failed', async () => {
    const { feed } = feedAt(0, [], true);
    const failing = new FeedPartition(
      {
        onLevel: () => undefined,
        onGap: () => undefined,
        onEvent: ({ sequence }) => {
          if (sequence === 2) throw new Error('disk full');
        },
      },
      feed.position,
      new ItemSequences([], true),
    );
    let thrown: unknown;
    const taking = failing.take([record(0, 'tea', 1), record(1, 'tea', 2)], goOn);
    await taking.catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(Error).and.have.property('message', 'disk full');
    expect(failing.position.offset).to.equal(1);
  });

  it('goes on behind deleted events: what is left, then levels for what is not', async () => {
    const { feed, told, gaps } = feedAt(10, [level('tea', 3), level('milk', 2)], true);
    // Of tea, 4 and 5 are gone; of coffee, 1; of milk nothing; of salt all.
    const snapshot = {
      offset: 50,
      levels: [level('tea', 7), level('coffee', 3), level('milk', 2), level('salt', 2)],
    };
    await feed.skipTo(40, snapshot, goOn);
    await feed.take([record(40, 'tea', 6), record(41, 'coffee', 2), record(42, 'tea', 7)], goOn);
    expect(told.splice(0)).to.deep.equal([
      'gap 10..40',
      'gap 4..6',
      'tea 6 @41',
      'gap 1..2',
      'coffee 2 @42',
      'tea 7 @43',
    ]);
    await feed.take([record(45, 'coffee', 3)], goOn);
    await feed.reach(50, goOn);
    await feed.take([record(51, 'salt', 3)], goOn);
    expect(told).to.deep.equal(['coffee 3 @46', 'gap 1..2', 'level salt 2 @50', 'salt 3 @52']);
    expect(gaps[0]).to.deep.equal({ missing: 'offsets', partition, expected: 10, found: 40 });
  });

  it('goes on at once with levels when no event is left', async () => {
    const { feed, told } = feedAt(10, [], false);
    await feed.skipTo(50, { offset: 50, levels: [level('tea', 7)] }, goOn);
    expect(told).to.deep.equal(['gap 10..50', 'level tea 7 @50']);
    await feed.take([record(50, 'tea', 8)], goOn);
    expect(told.at(-1)).to.equal('tea 8 @51');
  });

  it('takes up levels again that it was stopped in', async () => {
    const { feed, told } = feedAt(10, [], false);
    const snapshot = { offset: 50, levels: [level('tea', 7), level('milk', 1)] };
    await feed.skipTo(50, snapshot, () => told.length < 2);
    expect(told).to.deep.equal(['gap 10..50', 'level tea 7 @50']);
    await feed.reach(50, goOn);
    expect(told.slice(2)).to.deep.equal(['level milk 1 @50']);
  });

  it('ends at the last sequence, whatever is repeated, lost or out of order', async () => {
    const sequences = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sequences, async (given) => {
        const { feed, told, gaps } = feedAt(0, [], true);
        const records = given.map((sequence, offset) => record(offset, 'tea', sequence));
        await feed.take(records, goOn);
        const handed = told.flatMap((line) => /^tea (\d+)/.exec(line)?.slice(1).map(Number) ?? []);
        const missed = gaps.flatMap(({ expected, found }) => {
          return Array.from({ length: found - expected }, (_, index) => expected + index);
        });
        // Each sequence up to the highest is either handed on, in order, or reported as missing.
        expect(handed).to.deep.equal([...handed].sort((a, b) => a - b));
        const all = [...handed, ...missed].sort((a, b) => a - b);
        const highest = Math.max(0, ...given);
        expect(all).to.deep.equal(Array.from({ length: highest }, (_, index) => index + 1));
      }),
    );
  });
});
