import { expect } from 'chai';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, orderPolicy, pass, refuses } from '../../testing/orderSpec.ts';
import { dayMs, minuteMs, startTime } from '../../testing/spec.ts';
import { runningDeadline } from './orderState.ts';

const { place, pay, cancel } = orderEventsFor('o-1');
const tick = { kind: 'DeadlinesDue', limit: 10 } as const;
const timeOut = pass(orderPolicy.paymentTtlMs);
const deadline = startTime + orderPolicy.paymentTtlMs;
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

  it('does not run while the order is being reserved, however long the stock engine takes', () => {
    givenOrder(place(both), hasA, pass(3 * orderPolicy.paymentTtlMs))
      .when(tick)
      .thenNothing()
      .when(hasB)
      .then({
        kind: 'OrderStockReserved',
        expiresAt: startTime + 3.5 * orderPolicy.paymentTtlMs,
      });
  });

  it('moves only as far as leaves half of the time to pay', () => {
    const half = orderPolicy.paymentTtlMs / 2;
    const order = () => place({ A: 2 });
    givenOrder(order(), pass(half), hasA).then({ kind: 'OrderStockReserved', expiresAt: deadline });
    givenOrder(order(), pass(half + 1), hasA)
      .then({ kind: 'OrderStockReserved', expiresAt: deadline + 1 })
      .when(pass(half - 1), tick)
      .thenNothing()
      .when(pass(1), tick)
      .thenAsks('ReleaseReservation A')
      .when(hasA)
      .then({ kind: 'OrderStockExpired', expiresAt: deadline + 1 });
  });

  it('is none for a payment that comes while the order is being reserved', () => {
    givenOrder(place({ A: 2 }), timeOut, pay(), timeOut)
      .when(hasA)
      .thenAsks('ConfirmReservation A')
      .then({ kind: 'OrderStockReserved' })
      .when(hasA)
      .then({ kind: 'OrderStockConfirmed' });
  });

  it('is none for a cancellation that comes while the order is being reserved', () => {
    givenOrder(place({ A: 2 }), timeOut, cancel())
      .when(hasA, hasA)
      .then(
        { kind: 'OrderStockRejected', reason: 'ORDER_CANCELLED' },
        { kind: 'OrderStockReleased' },
      );
  });

  describe('of an order whose lines are held at very different times', () => {
    const order = place(both);
    // Line A is held at once, as the stock engine says.
    const heldUntil = deadline + orderPolicy.graceMs;
    const units = { pending: 2, confirmed: 0, released: 0, expired: 0, returned: 0 };
    const totals = { sequence: 7, granted: 2, ...units, expiresAt: heldUntil };
    const latest = heldUntil - orderPolicy.paymentTtlMs / 2 - startTime;

    it('stands before the first hold ends', () => {
      givenOrder(order, { ...hasA, totals }, pass(latest), hasB).then({
        kind: 'OrderStockReserved',
        expiresAt: heldUntil,
      });
    });

    it('cannot stand after it: the order is rejected by a name of its own', () => {
      givenOrder(order, { ...hasA, totals }, pass(latest + 1))
        .when(hasB)
        .thenAsks('ReleaseReservation A', 'ReleaseReservation B')
        .when(hasA, hasB)
        .then({
          kind: 'OrderStockRejected',
          answers: order.eventId,
          reason: 'RESERVED_TOO_LATE',
          paid: false,
        });
    });

    it('does not matter to an order that is paid', () => {
      givenOrder(order, { ...hasA, totals }, pay(), pass(latest + 1))
        .when(hasB)
        .then({ kind: 'OrderStockReserved' })
        .thenAsks('ConfirmReservation A', 'ConfirmReservation B');
    });
  });

  it('of an order that an older release has placed leaves half of the default', () => {
    const story = givenOrder(place({ A: 2 }, { ttlSeconds: 7 }));
    delete story.order().head.lifeMs;
    story.when(pass(7000), hasA).then({
      kind: 'OrderStockReserved',
      expiresAt: startTime + 7000 + orderPolicy.paymentTtlMs / 2,
    });
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
      const { head } = givenOrder(place({ A: 2 }, more), hasA).order();
      expect(runningDeadline(head)).to.equal(startTime + lifeMs);
    });
  }

  it('asks the stock engine to hold for longer, from when it does', () => {
    for (const [more, ttlSeconds] of [
      [{}, 5400],
      [{ expiresAt: startTime + 7 }, 3601],
      [{ ttlSeconds: dayMs / 1000 }, 90_000],
    ] as const) {
      const [command] = givenOrder(place({ A: 2 }, more)).asked;
      expect(command).to.include({ kind: 'ReserveStock', ttlSeconds, expiresAt: null });
    }
  });

  it('runs from when it is reserved until the order is paid, given up or final', () => {
    const runs = (...steps: Parameters<typeof givenOrder>) =>
      runningDeadline(givenOrder(place({ A: 2 }), ...steps).order().head) !== null;
    expect(runs(), 'reserving').to.be.false;
    expect(runs(hasA), 'reserved').to.be.true;
    expect(runs(pay()), 'paid').to.be.false;
    expect(runs(hasA, pay()), 'confirming').to.be.false;
    expect(runs(hasA, pay(), hasA), 'confirmed').to.be.false;
    expect(runs(hasA, cancel()), 'releasing').to.be.false;
    expect(runs(hasA, cancel(), hasA), 'cancelled').to.be.false;
  });
});
