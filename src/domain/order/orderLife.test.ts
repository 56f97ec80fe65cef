import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, orderPolicy, refuses } from '../../testing/orderSpec.ts';
import { startTime } from '../../testing/spec.ts';

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');
const deadline = startTime + orderPolicy.paymentTtlMs;
const [hasA, hasB] = [grants('A', 2), grants('B', 1)];
const noB = refuses('B', 'INSUFFICIENT_STOCK', 1);
const both = { A: 2, B: 1 };

const named = (sku: string) => ({ sku, location: 'main' });
const fine = { reason: null, shortage: null };
const heldA = { ...named('A'), requested: 2, granted: 2, ...fine };
const heldB = { ...named('B'), requested: 1, granted: 1, ...fine };
const lackingB = { ...heldB, granted: 0, reason: 'INSUFFICIENT_STOCK', shortage: 1 };
const soldA = { ...named('A'), confirmed: 2, refund: 0, ...fine };
const soldB = { ...named('B'), confirmed: 1, refund: 0, ...fine };
const repaidB = { ...named('B'), confirmed: 0, refund: 1, ...fine };
const freedA = { ...named('A'), released: 2, reason: null };

describe('an order of several lines', () => {
  it('is reserved, paid, confirmed and returned', () => {
    const [order, payment, parcel] = [place(both), pay(), takeBack({ A: 1 })];
    givenOrder()
      .when(order)
      .thenAsks('ReserveStock A 2', 'ReserveStock B 1')
      .when(hasB)
      .then()
      .when(hasA)
      .then({
        kind: 'OrderStockReserved',
        answers: order.eventId,
        expiresAt: deadline,
        lines: [heldA, heldB],
      })
      .when(payment)
      .thenAsks('ConfirmReservation A', 'ConfirmReservation B')
      .then()
      .when(hasA)
      .then()
      .when(hasB)
      .then({ kind: 'OrderStockConfirmed', answers: payment.eventId, lines: [soldA, soldB] })
      .when(parcel)
      .thenAsks('ReturnStock A 1')
      .when(grants('A', 1))
      .then({
        kind: 'OrderStockReturned',
        answers: parcel.eventId,
        lines: [{ ...named('A'), requested: 1, returned: 1, reason: null }],
      });
  });

  it('sums lines of one stock item, and keeps locations apart', () => {
    const line = (location: string, quantity: number) => ({ sku: 'A', location, quantity });
    const lines = [line('main', 1), line('north', 5), line('main', 2)];
    givenOrder()
      .when(place({}, { lines }))
      .thenAsks('ReserveStock A 3', 'ReserveStock A 5')
      .when(grants('A', 3), grants('A', 5))
      .then({
        kind: 'OrderStockReserved',
        lines: [
          { ...heldA, requested: 3, granted: 3 },
          { ...heldA, location: 'north', requested: 5, granted: 5 },
        ],
      });
  });

  it('gives everything back when one line is refused, and says so when that is done', () => {
    const order = place(both);
    givenOrder(order, hasA)
      .when(noB)
      .thenAsks('ReleaseReservation A')
      .then()
      .when(hasA)
      .then({
        kind: 'OrderStockRejected',
        answers: order.eventId,
        reason: 'LINES_REFUSED',
        paid: false,
        lines: [{ ...heldA, granted: 0 }, lackingB],
      });
  });

  it('gives back what is granted after another line was refused', () => {
    givenOrder(place(both), noB)
      .when(hasA)
      .thenAsks('ReleaseReservation A')
      .then()
      .when(hasA)
      .then({ kind: 'OrderStockRejected', reason: 'LINES_REFUSED' });
  });

  it('is rejected for what was refused at first, not for how units came back', () => {
    givenOrder(place(both), hasB, refuses('A', 'INSUFFICIENT_STOCK', 1))
      .when(refuses('B', 'ALREADY_EXPIRED'))
      .then({
        kind: 'OrderStockRejected',
        lines: [
          { ...heldA, granted: 0, reason: 'INSUFFICIENT_STOCK', shortage: 1 },
          { ...heldB, granted: 0 },
        ],
      });
  });

  it('is rejected with the reason of every line', () => {
    givenOrder(place(both), refuses('A', 'UNKNOWN_STOCK_ITEM'))
      .then()
      .when(noB)
      .thenAsks()
      .then({
        kind: 'OrderStockRejected',
        reason: 'LINES_REFUSED',
        lines: [{ ...heldA, granted: 0, reason: 'UNKNOWN_STOCK_ITEM' }, lackingB],
      });
  });
});

describe('an order in mode partial', () => {
  const partial = () => place(both, { mode: 'partial' });

  it('asks for at least one unit of each line', () => {
    const { asked } = givenOrder(partial());
    asked.forEach((command) => {
      if (command.kind !== 'ReserveStock' || command.minimum !== 1) throw new Error(command.kind);
    });
  });

  it('keeps what is there, and sells that', () => {
    givenOrder(partial(), noB)
      .thenAsks()
      .when(grants('A', 1))
      .then({
        kind: 'OrderStockPartiallyReserved',
        expiresAt: deadline,
        lines: [{ ...heldA, granted: 1 }, lackingB],
      })
      .when(pay())
      .thenAsks('ConfirmReservation A')
      .when(grants('A', 1))
      .then({
        kind: 'OrderStockConfirmed',
        lines: [
          { ...soldA, confirmed: 1 },
          { ...repaidB, refund: 0, reason: 'INSUFFICIENT_STOCK', shortage: 1 },
        ],
      });
  });

  it('is simply reserved when everything is there', () => {
    givenOrder(partial(), hasB, hasA).then({ kind: 'OrderStockReserved' });
  });

  it('is rejected when nothing is there', () => {
    givenOrder(partial(), noB, refuses('A', 'INSUFFICIENT_STOCK', 2))
      .thenAsks()
      .then({ kind: 'OrderStockRejected', reason: 'LINES_REFUSED' });
  });

  it('has the rest repaid when it was paid before a verdict said what is held', () => {
    givenOrder(partial(), noB, pay())
      .when(grants('A', 1))
      .thenAsks('ConfirmReservation A')
      .then({ kind: 'OrderStockPartiallyReserved' })
      .when(grants('A', 1))
      .then({
        kind: 'OrderRefundRequired',
        reason: 'UNITS_MISSING',
        lines: [
          { ...soldA, confirmed: 1, refund: 1 },
          { ...repaidB, reason: 'INSUFFICIENT_STOCK', shortage: 1 },
        ],
      });
  });

  it('gives back what it held when it is cancelled', () => {
    givenOrder(partial(), noB, grants('A', 1), cancel())
      .thenAsks('ReleaseReservation A')
      .when(grants('A', 1))
      .then({ kind: 'OrderStockReleased', lines: [{ ...freedA, released: 1 }] });
  });
});
