import { expect } from 'chai';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, orderPolicy, pass, refuses } from '../../testing/orderSpec.ts';
import { dayMs, minuteMs, startTime } from '../../testing/spec.ts';
import { runningDeadline } from './orderState.ts';

const { place, pay, cancel } = orderEventsFor('o-1');
const tick = { kind: 'DeadlinesDue', limit: 10 } as const;
const timeOut = pass(orderPolicy.paymentTtlMs);
const almost = pass(orderPolicy.paymentTtlMs - 1);
const [hasA, hasB] = [grants('A', 2), grants('B', 1)];
const both = { A: 2, B: 1 };
const gone = refuses('A', 'ALREADY_EXPIRED');

describe('a payment deadline', () => {
  it('ends an order that holds units', () => {
    givenOrder(place(both), hasA, hasB, timeOut)
      .when(tick)
      .thenAsks('ReleaseReservation A', 'ReleaseReservation B')
      .when(hasA, hasB)
      .then({ kind: 'OrderStockExpired', answers: null });
  });

  it('rejects an order that is still being reserved', () => {
    const order = place(both);
    givenOrder(order, hasA, timeOut)
      .when(tick)
      .thenAsks('ReleaseReservation A')
      .when(hasA, hasB)
      .thenAsks('ReleaseReservation B')
      .when(hasB)
      .then({
        kind: 'OrderStockRejected',
        answers: order.eventId,
        reason: 'PAYMENT_OVERDUE',
      });
  });

  it('counts for a reply, though no tick has come', () => {
    givenOrder(place(both), hasA, timeOut)
      .when(hasB)
      .thenAsks('ReleaseReservation A', 'ReleaseReservation B')
      .then();
    givenOrder(place({ A: 2 }), timeOut)
      .when(refuses('A', 'INSUFFICIENT_STOCK', 1))
      .then({ kind: 'OrderStockRejected', reason: 'PAYMENT_OVERDUE' });
  });

  it('counts for a payment of an order that is still being reserved', () => {
    givenOrder(place({ A: 2 }), timeOut, pay())
      .when(hasA)
      .thenAsks('ReleaseReservation A')
      .when(hasA)
      .then(
        { kind: 'OrderStockRejected', reason: 'PAYMENT_OVERDUE', paid: false },
        { kind: 'OrderRefundRequired', reason: 'PAYMENT_OVERDUE' },
      );
  });

  it('counts for a cancellation of an order that is still being reserved', () => {
    givenOrder(place({ A: 2 }), timeOut, cancel())
      .thenRefused('ALREADY_EXPIRED')
      .when(hasA, hasA)
      .then({ kind: 'OrderStockRejected', reason: 'PAYMENT_OVERDUE' })
      .when(cancel())
      .thenRefused('ALREADY_EXPIRED');
  });

  it('lets a cancellation before it win, however late the releases are', () => {
    givenOrder(place(both), hasA, hasB, almost, cancel(), pass(1), tick, hasA, hasB).then({
      kind: 'OrderStockReleased',
    });
  });

  it('says when the stock engine had expired the units before', () => {
    const nothing = { released: 0, reason: 'ALREADY_EXPIRED' };
    givenOrder(place({ A: 2 }), hasA, timeOut, tick, gone).then({
      kind: 'OrderStockExpired',
      lines: [{ sku: 'A', location: 'main', ...nothing }],
    });
  });

  for (const [name, more, lifeMs] of [
    ['the default', {}, 30 * minuteMs],
    ['in seconds', { ttlSeconds: 90 }, 1.5 * minuteMs],
    ['as a time', { expiresAt: startTime + 7 }, 7],
    ['the shortest', { expiresAt: startTime + 1 }, 1],
    ['the longest', { ttlSeconds: dayMs / 1000 }, dayMs],
  ] as const) {
    it(`can be ${name}`, () => {
      const { head } = givenOrder(place(both, more)).order();
      expect(runningDeadline(head)).to.equal(startTime + lifeMs);
    });
  }

  it('runs until the order is paid, given up or final', () => {
    const runs = (...steps: Parameters<typeof givenOrder>) =>
      runningDeadline(givenOrder(place({ A: 2 }), ...steps).order().head) !== null;
    expect(runs(), 'reserving').to.be.true;
    expect(runs(hasA), 'reserved').to.be.true;
    expect(runs(pay()), 'paid').to.be.false;
    expect(runs(hasA, pay()), 'confirming').to.be.false;
    expect(runs(hasA, pay(), hasA), 'confirmed').to.be.false;
    expect(runs(hasA, cancel()), 'releasing').to.be.false;
    expect(runs(hasA, cancel(), hasA), 'cancelled').to.be.false;
  });
});
