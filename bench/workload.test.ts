import { expect } from 'chai';
import { type WorkloadName, makeWorkload } from './workload.ts';

const count = 50_000;

function demandOf(name: WorkloadName): number[] {
  const { skus, orders } = makeWorkload(name, count);
  const demand = skus.map(() => 0);
  for (const sku of orders) demand[sku] = (demand[sku] ?? 0) + 1;
  return demand;
}

describe('makeWorkload', () => {
  for (const name of ['spread', 'hot', 'zipf'] as const) {
    it(`${name}: says how many units can be granted, some orders find none`, () => {
      const { orders, stock, grantable } = makeWorkload(name, count);
      const left = [...stock];
      let granted = 0;
      for (const sku of orders) {
        if ((left[sku] ?? 0) === 0) continue;
        left[sku] = (left[sku] ?? 0) - 1;
        granted++;
      }
      expect(grantable).to.equal(granted);
      expect(count - granted).to.be.within(count * 0.003, count * 0.02);
    });
  }

  it('is the same each time', () => {
    expect(makeWorkload('zipf', 1000)).to.deep.equal(makeWorkload('zipf', 1000));
  });

  it('spreads evenly, puts all on one SKU, or falls off as 1 / rank', () => {
    expect(Math.max(...demandOf('spread'))).to.be.below(100);
    expect(demandOf('hot')).to.deep.equal([count]);
    const [first = 0, second = 0, , fourth = 0] = demandOf('zipf');
    expect(first / count).to.be.closeTo(0.1336, 0.005);
    expect(first / second).to.be.closeTo(2, 0.2);
    expect(first / fourth).to.be.closeTo(4, 0.4);
  });
});
