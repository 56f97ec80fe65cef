import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import type { Policy } from '../domain/stockState.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { recordsOf } from '../testing/recordsOf.ts';
import { WhatIfFold } from './whatIfFold.ts';
import { withoutDeadlines } from './withoutDeadlines.ts';

const minuteMs = 60_000;
const start = 1_700_000_000_000;
const tea = commandsFor('tea');
const policy: Policy = {
  reservationTtlMs: 30 * minuteMs,
  reservationTtlMsMax: 24 * 60 * minuteMs,
  commandMemoryMs: 7 * 24 * 60 * minuteMs,
};
const id = { engine: 'stock', lane: 0, topicId: 't'.repeat(22), partitionCount: 1 } as const;

/** Commands, each so many minutes after the start. */
const at = (...commands: [minute: number, command: StockCommand][]) =>
  commands.flatMap(([minute, command], offset) => {
    return recordsOf([command], offset, start + minute * minuteMs);
  });
const foldOf = (changes: Partial<Policy> = {}) =>
  new WhatIfFold(new LaneReplay(id, { ...policy, ...changes }, []));
const outcome = (records: ReturnType<typeof at>, changes: Partial<Policy> = {}) => {
  const fold = foldOf(changes);
  fold.take(records);
  const { refused, sold, peakReserved } = fold.tally.items.get('tea')!;
  return { refused, sold, peakReserved, ...fold.reserved };
};

describe('WhatIfFold', () => {
  before(() => expect(partitionOf('tea', 1)).to.equal(0));

  const log = at(
    [0, tea.receive(10)],
    [1, tea.reserve('o-1', 8)],
    [12, tea.reserve('o-2', 8)],
    [13, tea.confirm('o-2')],
  );

  it('tells what a shorter life of reservations would have led to', () => {
    const reserved = { all: 1, byDefault: 1 };
    expect(outcome(log)).to.deep.equal({ refused: 2, sold: 0, peakReserved: 8, ...reserved });
    expect(outcome(log, { reservationTtlMs: 10 * minuteMs })).to.deep.equal({
      refused: 0,
      sold: 8,
      peakReserved: 8,
      all: 2,
      byDefault: 2,
    });
  });

  it('does not count as reserved what is due, though no tick is in the log', () => {
    const twice = at(
      [0, tea.receive(100)],
      [1, tea.reserve('o-3', 8)],
      [40, tea.reserve('o-4', 9)],
    );
    expect(outcome(twice)).to.include({ peakReserved: 9 });
    expect(outcome(twice, { reservationTtlMs: 40 * minuteMs })).to.include({ peakReserved: 17 });
  });

  it('expires all that is due, however much it is', () => {
    const many = Array.from({ length: 1500 }, (_, index) => tea.reserve(`many-${index}`, 1));
    const commands = [tea.receive(1500), ...many];
    const records = [
      ...recordsOf(commands, 0, start),
      ...recordsOf([tea.reserve('late', 3)], commands.length, start + 60 * minuteMs),
    ];
    const replay = new LaneReplay(id, policy, []);
    const fold = new WhatIfFold(replay);
    fold.take(records);
    expect(replay.state.items.get('tea')?.level).to.include({ onHand: 1500, reserved: 3 });
    expect(fold.tally.items.get('tea')).to.include({ peakReserved: 1500 });
  });

  it('goes on from a state that holds reservations', () => {
    const replay = new LaneReplay(id, policy, []);
    replay.fold(log.slice(0, 2));
    const fold = new WhatIfFold(replay);
    fold.take(at([60, tea.reserve('o-5', 9)]).map((record) => ({ ...record, offset: 2 })));
    expect(fold.tally.items.get('tea')).to.include({ refused: 0, peakReserved: 9 });
  });

  it('leaves deadlines of the commands alone, unless they are taken off', () => {
    const named = at([0, tea.receive(5)], [1, tea.reserve('o-6', 2, { ttlSeconds: 3600 })]);
    expect(outcome(named)).to.include({ all: 1, byDefault: 0 });
    expect(outcome(withoutDeadlines(named))).to.include({ all: 1, byDefault: 1 });
    const junk = { ...named[0]!, value: Buffer.from('junk') };
    expect(withoutDeadlines([junk, named[0]!])).to.deep.equal([junk, named[0]]);
  });
});
