import { expect } from 'chai';
import fc from 'fast-check';
import { InvariantError } from '../../src/ops/errors.ts';
import { planStock } from './planStock.ts';

const sku = fc.string({ minLength: 1, maxLength: 6 });
const demands = fc
  .array(fc.tuple(sku, fc.integer({ min: 1, max: 1_000_000 })))
  .map((entries) => new Map(entries));
const shares = fc.double({ min: 0, max: 1, noNaN: true });

function scarceOf(demand: Map<string, number>, plan: Map<string, number>): string[] {
  return [...demand].filter(([sku, units]) => plan.get(sku)! < units).map(([sku]) => sku);
}

describe('planStock', () => {
  it('gives every SKU its demand when none is to be scarce', () => {
    fc.assert(
      fc.property(demands, fc.integer(), (demand, seed) => {
        const plan = planStock(demand, { scarceShare: 0, seed });
        expect(new Map([...plan].sort())).to.deep.equal(new Map([...demand].sort()));
      }),
    );
  });

  it('makes the share scarce, as far as there are SKUs with more than one unit', () => {
    fc.assert(
      fc.property(demands, shares, fc.integer(), (demand, scarceShare, seed) => {
        const plan = planStock(demand, { scarceShare, seed });
        const candidates = [...demand.values()].filter((units) => units > 1).length;
        const wanted = Math.ceil(scarceShare * demand.size);
        expect(scarceOf(demand, plan)).to.have.length(Math.min(wanted, candidates));
        expect([...plan.keys()].sort()).to.deep.equal([...demand.keys()].sort());
      }),
    );
  });

  it('gives a scarce SKU something, and clearly too little', () => {
    fc.assert(
      fc.property(demands, fc.integer(), (demand, seed) => {
        const plan = planStock(demand, { scarceShare: 1, seed });
        for (const [sku, units] of demand) {
          const supply = plan.get(sku)!;
          expect(supply).to.be.at.least(1).and.satisfy(Number.isInteger);
          if (units > 10) expect(supply / units).to.be.within(0.25, 0.75);
          if (units > 1) expect(supply).to.be.below(units);
        }
      }),
    );
  });

  it('depends on the seed and not on the order of the demand', () => {
    const demand = new Map(Array.from({ length: 500 }, (_, i) => [`sku ${i}`, 10 + i]));
    const reversed = new Map([...demand].reverse());
    const plan = planStock(demand, { scarceShare: 0.02, seed: 3 });
    expect([...planStock(reversed, { scarceShare: 0.02, seed: 3 })]).to.deep.equal([...plan]);
    expect(scarceOf(demand, plan)).to.have.length(10);
    const other = planStock(demand, { scarceShare: 0.02, seed: 4 });
    expect(scarceOf(demand, other)).to.not.deep.equal(scarceOf(demand, plan));
  });

  it('leaves the demand as it was', () => {
    const demand = new Map([['A', 100]]);
    planStock(demand, { scarceShare: 1, seed: 1 });
    expect([...demand]).to.deep.equal([['A', 100]]);
  });

  it('refuses a share outside 0 to 1', () => {
    for (const scarceShare of [-0.1, 1.1, NaN]) {
      expect(() => planStock(new Map(), { scarceShare, seed: 1 })).to.throw(InvariantError);
    }
  });
});
