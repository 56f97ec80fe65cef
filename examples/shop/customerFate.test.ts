import { expect } from 'chai';
import { type Fate, fateOf, missesDeadline } from './customerFate.ts';

const ids = Array.from({ length: 10_000 }, (_, index) => `${536_365 + index}`);

describe('fateOf', () => {
  it('is the same for the same seed and order, and another one for another seed', () => {
    expect(ids.map((id) => fateOf(1, id))).to.deep.equal(ids.map((id) => fateOf(1, id)));
    const moved = ids.filter((id) => fateOf(1, id) !== fateOf(2, id)).length;
    expect(moved).to.be.above(ids.length / 4);
  });

  it('lets every fate happen, in about its share', () => {
    const counts = new Map<Fate, number>();
    for (const id of ids) counts.set(fateOf(1, id), (counts.get(fateOf(1, id)) ?? 0) + 1);
    const percent = (fate: Fate) => (counts.get(fate) ?? 0) / 100;
    expect(percent('pays')).to.be.within(71, 77);
    expect(percent('pays at checkout')).to.be.within(6, 10);
    expect(percent('cancels')).to.be.within(4.5, 7.5);
    expect(percent('cancels at once')).to.be.within(1.2, 2.8);
    expect(percent('never pays')).to.be.within(5.5, 8.5);
    expect(percent('pays late')).to.be.within(2, 4);
  });

  it('knows who misses the deadline', () => {
    const missing = ids.filter((id) => missesDeadline(fateOf(1, id)));
    expect(new Set(missing.map((id) => fateOf(1, id)))).to.have.keys('never pays', 'pays late');
  });
});
