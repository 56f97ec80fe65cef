import { expect } from 'chai';
import { seededRandom } from './seededRandom.ts';

function draw(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
}

describe('seededRandom', () => {
  it('gives the published numbers of mulberry32', () => {
    expect(draw(1, 2)).to.deep.equal([0.6270739405881613, 0.002735721180215478]);
  });

  it('repeats by seed and differs between seeds', () => {
    expect(draw(7, 100)).to.deep.equal(draw(7, 100));
    expect(draw(7, 100)).to.not.deep.equal(draw(8, 100));
  });

  it('fills [0, 1) evenly', () => {
    const counts = new Array<number>(20).fill(0);
    const values = draw(42, 100_000);
    expect(values.filter((value) => value < 0 || value >= 1)).to.deep.equal([]);
    for (const value of values) counts[Math.floor(value * 20)]! += 1;
    // 5,000 expected in each; four standard deviations are 276.
    for (const count of counts) expect(count).to.be.closeTo(5000, 280);
  });
});
