import { expect } from 'chai';
import { fateOf, missesDeadline } from '../shop/customerFate.ts';
import { flashBaskets, flashStock } from './flashSale.ts';
import type { Invoice } from './invoice.ts';
import { InvoicePlan } from './plan.ts';

const invoice = (id: string, lines: [sku: string, quantity: number][], customer = '17850') => {
  const asked = lines.map(([sku, quantity]) => ({ sku, quantity }));
  return { id, time: '2024-03-05T08:00Z', customer, lines: asked } satisfies Invoice;
};

describe('InvoicePlan', () => {
  let plan: InvoicePlan;
  beforeEach(() => (plan = new InvoicePlan(1, 5)));

  it('orders the goods of an invoice, units of one SKU added up', () => {
    const { order, returns, writeOffs } = plan.take(
      invoice('536365', [
        ['A', 2],
        ['POST', 1],
        ['B', 1],
        ['A', 3],
        ['C', 0],
      ]),
    );
    expect(order).to.deep.include({
      orderId: '536365',
      customer: '17850',
      lines: [
        { sku: 'A', quantity: 5 },
        { sku: 'B', quantity: 1 },
      ],
    });
    expect([...returns, ...writeOffs]).to.be.empty;
    expect(plan.report).to.include({ lines: 5, ordered: 2, merged: 1, noGoods: 1, zero: 1 });
  });

  it('finds the order that a returned line belongs to, and takes no more back than it had', () => {
    plan.take(invoice('1', [['A', 5]]));
    const back = plan.take(
      invoice('C2', [
        ['A', -3],
        ['B', -1],
      ]),
    );
    expect(back.order).to.be.null;
    expect(back.returns).to.deep.equal([
      { orderId: '1', returnId: 'C2', lines: [{ sku: 'A', quantity: 3 }] },
    ]);
    expect(plan.take(invoice('C3', [['A', -3]])).returns).to.be.empty;
    expect(plan.report).to.include({ returns: 1, returnsWithoutSale: 2 });
  });

  it('adjusts what was written off', () => {
    expect(plan.take(invoice('9', [['A', -4]])).writeOffs).to.deep.equal([
      {
        kind: 'AdjustStock',
        commandId: '9-0-write-off',
        sku: 'A',
        location: 'main',
        delta: -4,
        reason: 'written off',
      },
    ]);
  });

  it('wants all of a small order and what there is of a large one', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index): [string, number] => [`S-${index}`, 1]);
    expect(plan.take(invoice('1', lines(3))).order!.mode).to.equal('all');
    expect(plan.take(invoice('2', lines(100))).order!.mode).to.equal('partial');
  });

  it('gives seconds to those who will not pay in time, to all others the default', () => {
    const ids = Array.from({ length: 200 }, (_, index) => String(index));
    for (const id of ids) {
      const { ttlSeconds } = plan.take(invoice(id, [['A', 1]])).order!;
      expect(ttlSeconds, id).to.equal(missesDeadline(fateOf(1, id)) ? 5 : null);
    }
  });
});

describe('flashBaskets', () => {
  it('want far more units than there are', () => {
    const wanted = new Map<string, number>();
    for (const { lines } of flashBaskets(600, 1, 5)) {
      for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    }
    for (const [sku, units] of flashStock) expect(wanted.get(sku)).to.be.above(4 * units);
  });
});
