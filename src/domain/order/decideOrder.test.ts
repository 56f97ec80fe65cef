import { expect } from 'chai';
import { linesOf, orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, orderPolicy, pass, refuses } from '../../testing/orderSpec.ts';
import { minuteMs, startTime } from '../../testing/spec.ts';
import { isId } from '../limits.ts';
import { decideOrder } from './decideOrder.ts';
import { evolveOrder } from './evolveOrder.ts';
import { orderEventDigest } from './orderEventDigest.ts';
import { emptyOrderState } from './orderState.ts';

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');
const tick = (limit: number) => ({ kind: 'DeadlinesDue', limit }) as const;
const deadline = startTime + orderPolicy.paymentTtlMs;

describe('decideOrder', () => {
  it('states what an order changes and what it asks of the stock', () => {
    const event = place({ A: 2 });
    const facts = decideOrder(event, emptyOrderState(orderPolicy), startTime, 'topic:3:42');
    expect(facts).to.deep.equal([
      {
        orderId: 'o-1',
        kind: 'EventAccepted',
        event: 'OrderPlaced',
        eventId: event.eventId,
        digest: orderEventDigest(event),
      },
      {
        orderId: 'o-1',
        kind: 'OrderOpened',
        cause: 'topic:3:42',
        mode: 'all',
        expiresAt: deadline,
        lifeMs: orderPolicy.paymentTtlMs,
        lines: linesOf({ A: 2 }),
      },
      { orderId: 'o-1', kind: 'PhaseChanged', phase: 'reserving' },
      {
        orderId: 'o-1',
        kind: 'StockAsked',
        line: 0,
        step: 0,
        command: {
          kind: 'ReserveStock',
          commandId: 'topic:3:42:0:0',
          sku: 'A',
          location: 'main',
          orderId: 'o-1',
          quantity: 2,
          minimum: null,
          expiresAt: null,
          ttlSeconds: 90 * 60,
        },
      },
    ]);
  });

  it('gives a verdict with a head and every line', () => {
    const event = place({ A: 2, B: 1 }, { mode: 'partial' });
    const { facts } = givenOrder(event, refuses('B', 'INSUFFICIENT_STOCK', 1), pass(5)).when(
      grants('A', 2),
    );
    expect(facts.at(-1)).to.deep.equal({
      orderId: 'o-1',
      kind: 'VerdictGiven',
      verdict: {
        orderId: 'o-1',
        sequence: 1,
        answers: event.eventId,
        time: startTime + 5,
        kind: 'OrderStockPartiallyReserved',
        expiresAt: deadline,
        lines: [
          {
            sku: 'A',
            location: 'main',
            requested: 2,
            granted: 2,
            confirmed: 0,
            reason: null,
            shortage: null,
          },
          {
            sku: 'B',
            location: 'main',
            requested: 1,
            granted: 0,
            confirmed: 0,
            reason: 'INSUFFICIENT_STOCK',
            shortage: 1,
          },
        ],
      },
    });
  });

  it('derives command ids that are ids, even from the longest cause', () => {
    const wanted = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`S${index}`, 1]));
    const cause = `${'T'.repeat(22)}:999:${Number.MAX_SAFE_INTEGER}`;
    const facts = decideOrder(place(wanted), emptyOrderState(orderPolicy), startTime, cause);
    const ids = facts.flatMap((fact) => (fact.kind === 'StockAsked' ? fact.command.commandId : []));
    expect(ids.every(isId)).to.be.true;
    expect(new Set(ids).size).to.equal(1000);
  });

  it('gives the commands of all steps and returns different ids', () => {
    const story = givenOrder(place({ A: 5, B: 5 }));
    const ids = story.asked.map(({ commandId }) => commandId);
    const steps = [grants('A', 5), grants('B', 5), pay(), grants('A', 5), grants('B', 5)];
    for (const step of [...steps, takeBack({ A: 1 }), takeBack({ A: 1, B: 1 })]) {
      const before = new Set(story.asked);
      story.when(step);
      ids.push(...story.asked.filter((ask) => !before.has(ask)).map(({ commandId }) => commandId));
    }
    expect(ids).to.have.length(7);
    expect(new Set(ids).size).to.equal(7);
  });

  describe('lets reservations outlive the payment deadline', () => {
    it('by the grace', () => {
      const { asked } = givenOrder(place({ A: 1 }, { ttlSeconds: 60 }));
      expect(asked[0]).to.include({ expiresAt: null, ttlSeconds: 61 * 60 });
    });

    it('but not beyond the longest life of a reservation', () => {
      const policy = { ...orderPolicy, reservationTtlMsMax: 90 * minuteMs };
      const facts = decideOrder(place({ A: 1 }), emptyOrderState(policy), 0, 'cause');
      const capped = decideOrder(
        place({ A: 1 }, { ttlSeconds: 3600 }),
        emptyOrderState(policy),
        0,
        'cause',
      );
      expect(facts.at(-1)).to.have.nested.property('command.ttlSeconds', 90 * 60);
      expect(capped.at(-1)).to.have.nested.property('command.ttlSeconds', 90 * 60);
    });
  });

  describe('knows an event again by its id', () => {
    it('whatever happened since', () => {
      const events = [place({ A: 1 }), pay(), takeBack({ A: 1 }), cancel()] as const;
      const story = givenOrder(events[0], grants('A', 1), events[1], grants('A', 1), events[2]);
      story.when(events[3]).thenRefused('ALREADY_PAID');
      for (const event of events) story.when(event).thenNothing();
    });

    it('in its own order only', () => {
      const event = place({ A: 1 });
      givenOrder(event)
        .when({ ...event, orderId: 'o-2' })
        .thenAsks('ReserveStock A 1');
    });

    it('by what it says, too: another body is refused, and known again', () => {
      const first = place({ A: 1 });
      const other = { ...first, lines: linesOf({ A: 2 }) };
      givenOrder(first)
        .when(other)
        .thenRefused('EVENT_ID_REUSED')
        .when(other)
        .thenNothing()
        .when(first)
        .thenNothing();
    });

    it('also when it was refused, then another body of a refused id', () => {
      const early = pay();
      givenOrder(early)
        .thenRefused('ORDER_UNKNOWN')
        .when(place({ A: 1 }), grants('A', 1), early)
        .thenNothing()
        .when({ ...cancel(), eventId: early.eventId })
        .thenRefused('EVENT_ID_REUSED');
    });
  });

  describe('keeps refusals out of every order when an id is none', () => {
    for (const [fields, reason] of [
      [{ eventId: '' }, 'EVENT_ID_INVALID'],
      [{ eventId: 'x'.repeat(65) }, 'EVENT_ID_INVALID'],
      [{ orderId: 'o 1', eventId: 'e' }, 'ORDER_ID_INVALID'],
      [{ orderId: 'x'.repeat(65), eventId: '' }, 'EVENT_ID_INVALID'],
    ] as const) {
      it(`${JSON.stringify(fields).slice(0, 30)}: ${reason}`, () => {
        const story = givenOrder(place({ A: 1 })).when({ ...cancel(), ...fields });
        const sent = { orderId: 'o-1', ...fields };
        const cut = { orderId: sent.orderId.slice(0, 64), answers: sent.eventId.slice(0, 64) };
        const said = { event: 'OrderCancelled', reason, sequence: 0, ...cut };
        story.then({ kind: 'OrderEventRefused', ...said });
        expect(story.facts[0]!.orderId).to.equal(cut.orderId);
        expect(story.state.orders).to.have.length(1);
        expect(story.order().head.sequence).to.equal(0);
      });
    }
  });

  describe('at a tick', () => {
    const orders = ['o-1', 'o-2', 'o-3'].map((orderId) => orderEventsFor(orderId));
    const held = (...sizes: number[]) => {
      const story = givenOrder();
      sizes.forEach((size, index) => {
        const skus = Array.from({ length: size }, (_, line) => `S${index}-${line}`);
        const wanted = Object.fromEntries(skus.map((sku) => [sku, 1]));
        story.when(orders[index]!.place(wanted), ...skus.map((sku) => grants(sku, 1)), pass(1));
      });
      return story.when(pass(orderPolicy.paymentTtlMs));
    };

    it('releases what is due, oldest deadline first', () => {
      held(1, 1, 1)
        .when(tick(2))
        .thenAsks('ReleaseReservation S0-0', 'ReleaseReservation S1-0')
        .when(tick(2))
        .thenAsks('ReleaseReservation S2-0')
        .when(tick(2))
        .thenNothing();
    });

    it('goes on to the next order only if all of its lines fit', () => {
      held(1, 2, 1).when(tick(2)).thenAsks('ReleaseReservation S0-0');
    });

    it('releases the first order as a whole, however many lines it has', () => {
      const asks = ['S0-0', 'S0-1', 'S0-2'].map((sku) => `ReleaseReservation ${sku}`);
      held(3, 1)
        .when(tick(2))
        .thenAsks(...asks);
    });

    it('never releases more than 1000 lines', () => {
      const state = emptyOrderState(orderPolicy);
      [600, 400, 1].forEach((size, index) => {
        const skus = Array.from({ length: size }, (_, line) => [`S${line}`, 1]);
        const wanted = Object.fromEntries(skus) as Record<string, number>;
        const facts = decideOrder(orders[index]!.place(wanted), state, 0, `cause-${index}`);
        facts.forEach((fact) => evolveOrder(state, fact));
        const answer = { kind: 'StockAnswered', step: 0, quantity: 1 } as const;
        const open = { orderId: `o-${index + 1}`, reason: null, shortage: null };
        skus.forEach((_, line) => evolveOrder(state, { ...answer, ...open, line }));
        evolveOrder(state, { kind: 'PhaseChanged', orderId: open.orderId, phase: 'reserved' });
      });
      state.due = ['o-1', 'o-2', 'o-3'];
      const facts = decideOrder(tick(5000), state, orderPolicy.paymentTtlMs, 'tick');
      expect(facts.filter(({ kind }) => kind === 'StockAsked')).to.have.length(1000);
    });

    it('leaves orders alone that are not due, paid, given up or final', () => {
      const [first, second, third] = orders;
      givenOrder(first!.place({ A: 1 }), grants('A', 1), second!.place({ B: 1 }), second!.pay())
        .when(third!.place({ C: 1 }), third!.cancel(), pass(orderPolicy.paymentTtlMs - 1))
        .when(tick(100))
        .thenNothing()
        .when(pass(1), tick(100))
        .thenAsks('ReleaseReservation A');
    });

    it('does not release an order twice that is listed twice', () => {
      const story = held(1);
      story.state.due = ['o-1', 'gone', 'o-1'];
      const facts = decideOrder(tick(10), story.state, story.now, 'cause');
      expect(facts.filter(({ kind }) => kind === 'StockAsked')).to.have.length(1);
    });
  });
});
