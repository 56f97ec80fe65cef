import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, orderPolicy, pass, refuses } from '../../testing/orderSpec.ts';
import { startTime } from '../../testing/spec.ts';

const { place, pay, cancel } = orderEventsFor('o-1');
const tick = { kind: 'DeadlinesDue', limit: 10 } as const;
const timeOut = pass(orderPolicy.paymentTtlMs);
const almost = pass(orderPolicy.paymentTtlMs - 1);
const deadline = startTime + orderPolicy.paymentTtlMs;
const [hasA, hasB] = [grants('A', 2), grants('B', 1)];
const noB = refuses('B', 'INSUFFICIENT_STOCK', 1);
const both = { A: 2, B: 1 };

const named = (sku: string) => ({ sku, location: 'main' });
const fine = { reason: null, shortage: null };
const soldA = { ...named('A'), confirmed: 2, refund: 0, ...fine };
const repaidA = { ...named('A'), confirmed: 0, refund: 2, ...fine };
const repaidB = { ...named('B'), confirmed: 0, refund: 1, ...fine };
const freedA = { ...named('A'), released: 2, reason: null };
const freedB = { ...named('B'), released: 1, reason: null };

describe('a payment', () => {
  it('that comes while the order is reserved is remembered', () => {
    const payment = pay();
    givenOrder(place(both), payment)
      .thenAsks()
      .then()
      .when(hasA, hasB)
      .thenAsks('ConfirmReservation A', 'ConfirmReservation B')
      .then({ kind: 'OrderStockReserved' })
      .when(hasA, hasB)
      .then({ kind: 'OrderStockConfirmed', answers: payment.eventId });
  });

  it('keeps the order from expiring, however long the stock engine takes', () => {
    givenOrder(place(both), pay(), timeOut)
      .when(tick)
      .thenNothing()
      .when(hasA, hasB)
      .then({ kind: 'OrderStockReserved' });
  });

  it('is to be repaid when the order is rejected after all', () => {
    const payment = pay();
    givenOrder(place(both), hasA, payment, noB, hasA).then(
      { kind: 'OrderStockRejected', reason: 'LINES_REFUSED', paid: true },
      {
        kind: 'OrderRefundRequired',
        answers: payment.eventId,
        reason: 'ORDER_REJECTED',
        lines: [repaidA, { ...repaidB, reason: 'INSUFFICIENT_STOCK', shortage: 1 }],
      },
    );
  });

  it('is in part to be repaid when units of a line are gone', () => {
    givenOrder(place(both), hasA, hasB, pay(), hasA)
      .when(refuses('B', 'REFUND_REQUIRED', 1))
      .then({
        kind: 'OrderRefundRequired',
        reason: 'UNITS_MISSING',
        lines: [soldA, { ...repaidB, reason: 'REFUND_REQUIRED', shortage: 1 }],
      });
  });

  it('in the last moment counts, whether or not ticks come early', () => {
    givenOrder(place(both), hasA, hasB, almost)
      .when(tick)
      .thenNothing()
      .when(pay())
      .thenAsks('ConfirmReservation A', 'ConfirmReservation B');
  });

  it('at the deadline is too late, though no tick has come: all of it is to be repaid', () => {
    const payment = pay();
    givenOrder(place(both), hasA, hasB, timeOut)
      .when(payment)
      .thenAsks('ReleaseReservation A', 'ReleaseReservation B')
      .then()
      .when(hasA, hasB)
      .then(
        {
          kind: 'OrderStockExpired',
          answers: null,
          expiresAt: deadline,
          lines: [freedA, freedB],
        },
        {
          kind: 'OrderRefundRequired',
          answers: payment.eventId,
          reason: 'PAYMENT_OVERDUE',
          lines: [repaidA, repaidB],
        },
      );
  });

  it('after a cancellation is to be repaid', () => {
    givenOrder(place(both), hasA, hasB, cancel(), pay())
      .thenAsks()
      .then()
      .when(hasA, hasB)
      .then(
        { kind: 'OrderStockReleased' },
        { kind: 'OrderRefundRequired', reason: 'ORDER_CANCELLED', lines: [repaidA, repaidB] },
      );
  });
});
