import { expect } from 'chai';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, orderPolicy, refuses } from '../../testing/orderSpec.ts';
import { startTime } from '../../testing/spec.ts';
import { decideOrder } from './decideOrder.ts';
import { evolveOrder } from './evolveOrder.ts';
import type { OrderEvent } from './orderEvents.ts';
import type { OrderFact } from './orderFacts.ts';
import { REFUSED_EVENTS_MAX } from './orderLimits.ts';
import { emptyOrderState, unplacedOrder } from './orderState.ts';

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');

describe('evolveOrder', () => {
  it('gives from the facts alone the state that deciding gave', () => {
    const story = givenOrder();
    const facts: OrderFact[] = [];
    for (const step of [
      cancel({ eventId: '' }),
      pay(),
      place({ A: 2, B: 1 }, { mode: 'partial' }),
      grants('A', 1),
      pay(),
      refuses('B', 'INSUFFICIENT_STOCK', 1),
      cancel(),
      grants('A', 1),
      takeBack({ A: 1, B: 7 }),
      grants('A', 1),
      takeBack({ A: 1 }),
    ]) {
      facts.push(...story.when(step).facts);
    }
    const replayed = emptyOrderState(orderPolicy);
    for (const fact of facts) evolveOrder(replayed, structuredClone(fact));
    expect(replayed.orders).to.deep.equal(story.state.orders);
    expect(story.order().returns).to.have.length(1);
  });

  it('begins an order with nothing granted and nothing settled', () => {
    const order = place({ A: 2 });
    const cause = `${'T'.repeat(22)}:0:1`;
    const { accepted, ...opened } = givenOrder(order).order();
    expect(accepted.map(({ eventId }) => eventId)).to.deep.equal([order.eventId]);
    expect(opened).to.deep.equal({
      head: {
        orderId: 'o-1',
        phase: 'reserving',
        mode: 'all',
        cause,
        expiresAt: startTime + orderPolicy.paymentTtlMs,
        lifeMs: orderPolicy.paymentTtlMs,
        waiting: 1,
        sequence: 0,
        reserved: false,
        placedBy: order.eventId,
        paidBy: null,
        paidAhead: false,
        cancelledBy: null,
        ending: null,
        releaseReason: '',
        returns: 0,
      },
      lines: [
        {
          sku: 'A',
          location: 'main',
          requested: 2,
          granted: 0,
          confirmed: 0,
          released: 0,
          waiting: 'ReserveStock',
          reason: null,
          shortage: null,
        },
      ],
      returns: [],
      refused: [],
    });
    expect(unplacedOrder('o-1').head).to.include({ cause: '', expiresAt: 0, ending: null });
  });

  it('leaves the facts alone that it was given before', () => {
    const state = emptyOrderState(orderPolicy);
    const facts: OrderFact[] = [];
    const decide = (event: OrderEvent) => {
      const decided = decideOrder(event, state, startTime, 'cause');
      for (const fact of decided) evolveOrder(state, fact);
      facts.push(...decided);
    };
    const answer = (step: number): OrderEvent => {
      const names = { orderId: 'o-1', commandId: `cause:0:${step}`, sku: 'A', location: 'main' };
      const fine = { reason: null, shortage: null, totals: null };
      return { kind: 'StockReply', ...names, quantity: 2, ...fine };
    };
    const events = [place({ A: 2 }), answer(0), pay(), answer(1), takeBack({ A: 1 }), answer(2)];
    events.forEach((event) => {
      const before = structuredClone(facts);
      decide(event);
      expect(facts.slice(0, before.length)).to.deep.equal(before);
    });
    expect(facts.at(-1)).to.have.nested.property('verdict.kind', 'OrderStockReturned');
  });

  it('remembers the last refused events, and all accepted ones', () => {
    const first = pay();
    const order = place({ A: 1 });
    const story = givenOrder(first, order);
    for (let count = 1; count < REFUSED_EVENTS_MAX; count++) story.when(place({ A: 1 }));
    story.when(first).thenNothing();
    story.when(place({ A: 1 }), order).thenNothing();
    expect(story.order().refused).to.have.length(REFUSED_EVENTS_MAX);
    // Forgotten: judged anew, and now it is no longer too early.
    story.when(first, grants('A', 1)).then({ kind: 'OrderStockReserved' });
    story.thenAsks('ConfirmReservation A');
  });
});
