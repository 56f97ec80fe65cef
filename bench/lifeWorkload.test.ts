import { expect } from 'chai';
import { endOf, endsAmong, makeLifeWorkload } from './lifeWorkload.ts';

describe('makeLifeWorkload', () => {
  it('has a unit for every order, so that each can end in its way', () => {
    const { orders, stock, grantable } = makeLifeWorkload('spread', 5000);
    const left = [...stock];
    for (const sku of orders) left[sku] = (left[sku] ?? 0) - 1;
    expect(Math.min(...left)).to.be.at.least(0);
    expect(grantable).to.equal(5000);
  });

  it('lets six of ten orders be paid, two be cancelled and two expire, mixed', () => {
    expect(endsAmong(1000, 'confirmed')).to.equal(600);
    expect(endsAmong(1000, 'released')).to.equal(200);
    expect(endsAmong(1000, 'expired')).to.equal(200);
    expect(new Set([0, 1, 2, 3].map(endOf)).size).to.be.above(1);
  });
});
