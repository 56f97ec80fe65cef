import { expect } from 'chai';
import { InvariantError } from '../../src/ops/errors.ts';
import { isNoGoods } from './noGoods.ts';
import { seededRandom } from './seededRandom.ts';
import { skuNames } from './skuNames.ts';

describe('skuNames', () => {
  it('gives as many distinct names of goods as asked for', () => {
    for (const count of [1, 2, 9, 40, 3514, 50_000]) {
      const names = skuNames(count, seededRandom(count));
      expect(names).to.have.length(count);
      expect(new Set(names).size).to.equal(count);
      expect(names.filter((name) => name.trim() === '' || isNoGoods(name))).to.deep.equal([]);
    }
  });

  it('looks like a real catalogue', () => {
    const names = skuNames(3500, seededRandom(1));
    const share = (shape: RegExp) => names.filter((name) => shape.test(name)).length / names.length;
    expect(share(/^\d{5}$/)).to.be.within(0.66, 0.76);
    expect(share(/^\d{5}[A-Z]$/)).to.be.within(0.22, 0.3);
    expect(share(/^\d{5}[a-z]$/)).to.be.within(0.015, 0.035);
    expect(names).to.include.members(['gift_0001_20', 'GIFT WRAP']);
  });

  it('has SKUs that differ only in case', () => {
    const names = new Set(skuNames(3500, seededRandom(1)));
    const twins = [...names].filter((name) => /[a-z]$/.test(name) && /^\d/.test(name));
    expect(twins).to.not.be.empty;
    for (const twin of twins) expect(names.has(twin.toUpperCase()), twin).to.be.true;
  });

  it('refuses counts it has no names for', () => {
    for (const count of [0, -1, 1.5, NaN, 50_001]) {
      expect(() => skuNames(count, seededRandom(1)), String(count)).to.throw(InvariantError);
    }
  });
});
