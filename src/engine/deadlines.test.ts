import { expect } from 'chai';
import fc from 'fast-check';
import { Deadlines } from './deadlines.ts';

describe('Deadlines', () => {
  it('gives what is due, the earliest first, and keeps the rest', () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }), (all, at) => {
        const deadlines = new Deadlines<number>();
        all.forEach((time, place) => deadlines.add(time, place));
        let left = all.map((time, place) => ({ time, place }));
        for (const now of at) {
          const due = deadlines.take(now);
          const expected = left.filter(({ time }) => time <= now);
          left = left.filter(({ time }) => time > now);
          expect(due.map(({ time }) => time)).to.deep.equal(
            expected.map(({ time }) => time).sort((a, b) => a - b),
          );
          expect(due).to.have.deep.members(expected);
        }
      }),
    );
  });
});
