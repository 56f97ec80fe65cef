import { expect } from 'chai';
import type { StockCommand } from '../domain/commands.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import type { Entry } from './decodeSlice.ts';
import { StockLane } from './stockLane.ts';
import { DecodeError } from '../messaging/decodeError.ts';

const tick: StockCommand = { kind: 'ExpireDue', limit: 10 };
const receive = commandsFor('tea').receive(1);
const limits = { commandsMax: 3, bytesMax: 100 };

const cut = (entries: Entry[], given: typeof limits) => StockLane.prototype.cut(entries, given);

function entry(command: StockCommand | null, bytes = 10): Entry {
  const record = { offset: 0, timestamp: 0, key: null, value: Buffer.alloc(bytes), headers: {} };
  if (command) return { record, time: 0, command };
  return { record, time: 0, failure: new DecodeError('EMPTY_VALUE', 'nothing') };
}

describe('cutSlice', () => {
  const cases: [what: string, entries: Entry[], length: number][] = [
    ['all when they are few', [entry(receive), entry(null)], 2],
    ['no more than so many', [1, 2, 3, 4].map(() => entry(receive)), 3],
    ['no more than so many bytes', [entry(receive, 60), entry(receive, 41)], 1],
    ['as many bytes as there may be', [entry(receive, 60), entry(receive, 40)], 2],
    ['one that is too large by itself', [entry(null, 500), entry(receive)], 1],
    ['what comes before a tick', [entry(receive), entry(receive), entry(tick)], 2],
    ['a tick by itself', [entry(tick), entry(receive)], 1],
    ['one of two ticks', [entry(tick), entry(tick)], 1],
  ];
  for (const [what, entries, length] of cases) {
    it(`takes ${what}`, () => {
      expect(cut(entries, limits)).to.equal(length);
    });
  }

  it('counts keys and headers as bytes, too', () => {
    const heavy = entry(receive, 0);
    heavy.record.key = Buffer.alloc(40);
    heavy.record.headers = { ab: [Buffer.alloc(10), Buffer.alloc(8)] };
    expect(cut([heavy, heavy], limits)).to.equal(1);
    heavy.record.headers = {};
    expect(cut([heavy, heavy], limits)).to.equal(2);
  });
});
