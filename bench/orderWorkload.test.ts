import { expect } from 'chai';
import { makeOrderWorkload } from './orderWorkload.ts';

describe('makeOrderWorkload', () => {
  const count = 20_000;
  const { skus, stock, orders, safe } = makeOrderWorkload(count);

  it('gives each order three different SKUs, ascending', () => {
    expect(orders).to.have.length(count);
    for (const lines of orders) {
      expect(new Set(lines).size).to.equal(3);
      expect(lines).to.deep.equal([...lines].sort());
    }
  });

  it('has stock for all orders without a scarce SKU, and not for all of the others', () => {
    const left = new Map(skus.map((sku, index) => [sku, stock[index] ?? 0]));
    let granted = 0;
    for (const lines of orders) {
      if (lines.some((sku) => left.get(sku) === 0)) continue;
      for (const sku of lines) left.set(sku, (left.get(sku) ?? 0) - 1);
      granted++;
    }
    expect(granted).to.be.above(safe).and.below(count);
    expect(count - granted).to.be.within(count * 0.01, count * 0.05);
  });

  it('is the same each time', () => {
    expect(makeOrderWorkload(100)).to.deep.equal(makeOrderWorkload(100));
  });
});
