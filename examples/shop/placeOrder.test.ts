import { expect } from 'chai';
import { returnStatus, returnIdOf, returnedEvent } from './acceptReturn.ts';
import { type NotedEvent, firstOfEachOrder } from './outboxRelay.ts';
import { checkoutEvents } from './placeOrder.ts';
import { requestPayment } from './requestPayment.ts';
import { type Basket, mergedLines } from './shopOrder.ts';

const basket: Basket = {
  orderId: 'o-1',
  customer: 'Ann',
  mode: 'all',
  ttlSeconds: 60,
  lines: [{ sku: 'A', quantity: 2 }],
};
const row = { orderId: 'o-1', status: 'reserved', sequence: 1, openEvents: 0 } as const;

describe('what a shop tells onhand', () => {
  it('an order, under an id that is the same whenever it is sent', () => {
    expect(checkoutEvents(basket, 'pays')).to.deep.equal([
      {
        kind: 'OrderPlaced',
        orderId: 'o-1',
        eventId: 'placed',
        lines: [{ sku: 'A', location: 'main', quantity: 2 }],
        mode: 'all',
        expiresAt: null,
        ttlSeconds: 60,
      },
    ]);
  });

  it('a payment at checkout after the order, a quick cancellation before it', () => {
    const kinds = (fate: Parameters<typeof checkoutEvents>[1]) =>
      checkoutEvents(basket, fate).map(({ kind }) => kind);
    expect(kinds('pays at checkout')).to.deep.equal(['OrderPlaced', 'OrderPaid']);
    expect(kinds('cancels at once')).to.deep.equal(['OrderCancelled', 'OrderPlaced']);
    expect(kinds('cancels')).to.deep.equal(['OrderPlaced']);
  });

  it('a return, whose id is found again in its event', () => {
    const goods = { orderId: 'o-1', returnId: 'C7', lines: basket.lines };
    expect(returnIdOf((returnedEvent(goods) as { eventId: string }).eventId)).to.equal('C7');
    expect(returnedEvent(goods)).to.deep.include({
      kind: 'OrderReturned',
      lines: [{ sku: 'A', location: 'main', quantity: 2 }],
    });
  });

  it('of one order only the first event at a time', () => {
    const [placed, paid] = checkoutEvents(basket, 'pays at checkout');
    const [other] = checkoutEvents({ ...basket, orderId: 'o-2' }, 'pays');
    const rows = [placed!, paid!, other!].map((event, id): NotedEvent => ({ id, event }));
    expect(firstOfEachOrder(rows).map(({ id }) => id)).to.deep.equal([0, 2]);
  });
});

describe('mergedLines', () => {
  it('adds up the units of one SKU, and tells upper from lower case', () => {
    const lines = ['A', 'a', 'A'].map((sku, index) => ({ sku, quantity: index + 1 }));
    expect(mergedLines(lines)).to.deep.equal([
      { sku: 'A', quantity: 4 },
      { sku: 'a', quantity: 2 },
    ]);
  });
});

describe('requestPayment', () => {
  const order = { ...row, expiresAt: 10_000 };

  it('is answered soon, or after the deadline', () => {
    expect(requestPayment(order, 'pays', 1000)!.actAt).to.be.within(1000, 2000);
    expect(requestPayment(order, 'pays late', 1000)!.actAt).to.be.above(10_000);
  });

  it('is not made where none will come', () => {
    const without = ['never pays', 'cancels', 'cancels at once', 'pays at checkout'] as const;
    for (const fate of without) expect(requestPayment(order, fate, 1000), fate).to.be.null;
  });
});

describe('returnStatus', () => {
  it('waits for the sale, and is void without one', () => {
    expect(returnStatus('placed')).to.equal('waiting');
    expect(returnStatus('reserved')).to.equal('waiting');
    expect(returnStatus('confirmed')).to.equal('sent');
    for (const status of ['rejected', 'cancelled', 'expired'] as const) {
      expect(returnStatus(status), status).to.equal('void');
    }
  });
});
