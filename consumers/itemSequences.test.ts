import { expect } from 'chai';
import { ItemSequences, type SequenceVerdict } from './itemSequences.ts';

const event = (sku: string, sequence: number, eventId = `${sku}:${sequence}`) => {
  return { sku, location: 'main', sequence, eventId };
};
const next: SequenceVerdict = { is: 'next' };
const repeat: SequenceVerdict = { is: 'repeat' };

describe('ItemSequences', () => {
  it('counts each stock item by itself', () => {
    const sequences = new ItemSequences([], true);
    const north = { ...event('tea', 1), location: 'north' };
    const taken = [event('tea', 1), event('coffee', 1), north, event('tea', 2)];
    expect(taken.map((it) => sequences.take(it))).to.deep.equal([next, next, next, next]);
  });

  it('knows repeats in any order, and goes on behind a gap', () => {
    const sequences = new ItemSequences([event('tea', 4)], true);
    const verdicts = [3, 4, 5, 5, 8, 6, 9].map((it) => sequences.take(event('tea', it)));
    const gap = { is: 'after-gap', expected: 6 };
    expect(verdicts).to.deep.equal([repeat, repeat, next, repeat, gap, repeat, next]);
  });

  it('misses the first events of an item that it does not know, if it knows all', () => {
    expect(new ItemSequences([], true).take(event('tea', 3))).to.deep.equal({
      is: 'after-gap',
      expected: 1,
    });
    const sequences = new ItemSequences([], false);
    expect(sequences.take(event('tea', 3))).to.deep.equal(next);
    sequences.complete();
    expect(sequences.take(event('coffee', 3))).to.include({ is: 'after-gap' });
  });

  it('tells events of no stock item apart by their ids', () => {
    const sequences = new ItemSequences([], true);
    const taken = ['a', 'b', 'a', 'b', 'c'].map((id) => sequences.take(event('', 0, id)));
    expect(taken).to.deep.equal([next, next, repeat, repeat, next]);
  });
});
