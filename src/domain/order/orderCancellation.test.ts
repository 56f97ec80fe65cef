import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, refuses } from '../../testing/orderSpec.ts';
import {} from '../../testing/spec.ts';

const { place, pay, cancel } = orderEventsFor('o-1');
const [hasA, hasB] = [grants('A', 2), grants('B', 1)];
const noB = refuses('B', 'INSUFFICIENT_STOCK', 1);
const both = { A: 2, B: 1 };

const named = (sku: string) => ({ sku, location: 'main' });
const fine = { reason: null, shortage: null };
const heldA = { ...named('A'), requested: 2, granted: 2, ...fine };
const heldB = { ...named('B'), requested: 1, granted: 1, ...fine };
const repaidA = { ...named('A'), confirmed: 0, refund: 2, ...fine };
const repaidB = { ...named('B'), confirmed: 0, refund: 1, ...fine };
const freedA = { ...named('A'), released: 2, reason: null };
const freedB = { ...named('B'), released: 1, reason: null };

describe('a cancellation', () => {
  it('gives back what is held, for its own reason', () => {
    const story = givenOrder(place(both), hasA, hasB, cancel({ reason: 'too slow' }));
    story.thenAsks('ReleaseReservation A', 'ReleaseReservation B');
    for (const command of story.asked) {
      if (!('reason' in command) || command.reason !== 'too slow') throw new Error(command.kind);
    }
    story.when(hasB, hasA).then({ kind: 'OrderStockReleased', lines: [freedA, freedB] });
  });

  it('while the order is reserved answers the order, too', () => {
    const [order, cancellation] = [place(both), cancel()];
    givenOrder(order, hasA)
      .when(cancellation)
      .thenAsks('ReleaseReservation A')
      .when(hasB)
      .thenAsks('ReleaseReservation B')
      .when(hasB)
      .then()
      .when(hasA)
      .then(
        {
          kind: 'OrderStockRejected',
          answers: order.eventId,
          reason: 'ORDER_CANCELLED',
          lines: [
            { ...heldA, granted: 0 },
            { ...heldB, granted: 0 },
          ],
        },
        { kind: 'OrderStockReleased', answers: cancellation.eventId, lines: [freedA, freedB] },
      );
  });

  it('has nothing to give back when nothing is granted any more', () => {
    givenOrder(place(both), cancel(), refuses('A', 'ORDER_CANCELLED'), noB)
      .thenAsks()
      .then(
        { kind: 'OrderStockRejected', reason: 'ORDER_CANCELLED' },
        { kind: 'OrderStockReleased', lines: [] },
      );
  });

  it('of an order that is being rejected is answered after the rejection', () => {
    givenOrder(place(both), hasA, noB, cancel())
      .thenAsks()
      .then()
      .when(hasA)
      .then(
        { kind: 'OrderStockRejected', reason: 'LINES_REFUSED' },
        { kind: 'OrderStockReleased', lines: [freedA] },
      )
      .when(cancel())
      .thenRefused('ALREADY_CANCELLED');
  });

  it('before the order is a tombstone: the order is rejected when it comes', () => {
    const [order, cancellation] = [place(both), cancel()];
    givenOrder()
      .when(cancellation)
      .then({ kind: 'OrderStockReleased', answers: cancellation.eventId, lines: [] })
      .when(order)
      .thenAsks()
      .then({
        kind: 'OrderStockRejected',
        answers: order.eventId,
        reason: 'ORDER_CANCELLED',
        paid: false,
        lines: [
          { ...heldA, granted: 0 },
          { ...heldB, granted: 0 },
        ],
      })
      .when(pay())
      .then({
        kind: 'OrderRefundRequired',
        reason: 'ORDER_CANCELLED',
        lines: [repaidA, repaidB],
      });
  });

  it('leaves its tombstone also for a malformed order, and for a payment', () => {
    givenOrder(cancel(), pay())
      .then({ kind: 'OrderRefundRequired', reason: 'ORDER_CANCELLED', lines: [] })
      .when(place({}))
      .then({ kind: 'OrderStockRejected', reason: 'LINES_MISSING', paid: false })
      .when(cancel())
      .thenRefused('ALREADY_CANCELLED');
  });
});
