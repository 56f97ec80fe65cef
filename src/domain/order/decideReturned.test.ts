import { expect } from 'chai';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, refuses } from '../../testing/orderSpec.ts';
import { startTime } from '../../testing/spec.ts';
import { QUANTITY_MAX } from '../limits.ts';
import { decideOrder } from './decideOrder.ts';
import { evolveOrder } from './evolveOrder.ts';
import { RETURNS_MAX } from './orderLimits.ts';

const { place, pay, takeBack } = orderEventsFor('o-1');
const line = (sku: string, quantity: number) => ({ sku, location: 'main', quantity });
const answer = (sku: string, requested: number, returned: number, reason: string | null) => {
  return { sku, location: 'main', requested, returned, reason };
};

/** A and B were sold, C was refused. */
const sold = () => {
  const order = place({ A: 5, B: 2, C: 1 }, { mode: 'partial' });
  const answers = [grants('A', 5), grants('B', 2), refuses('C', 'INSUFFICIENT_STOCK', 1)];
  return givenOrder(order, ...answers, pay(), grants('A', 5), grants('B', 2));
};

describe('decideReturned', () => {
  it('asks for each stock item, and answers when all are answered', () => {
    const parcel = takeBack({}, { lines: [line('A', 1), line('B', 2), line('A', 2)] });
    sold()
      .when(parcel)
      .thenAsks('ReturnStock A 3', 'ReturnStock B 2')
      .then()
      .when(grants('B', 2))
      .then()
      .when(refuses('A', 'QUANTITY_EXCEEDS_CONFIRMED'))
      .then({
        kind: 'OrderStockReturned',
        answers: parcel.eventId,
        lines: [answer('A', 3, 0, 'QUANTITY_EXCEEDS_CONFIRMED'), answer('B', 2, 2, null)],
      });
  });

  it('refuses lines by itself that make no sense or were not sold', () => {
    const lines = [
      line('A', 6),
      line('B', 1),
      line('C', 1),
      line('D', 1),
      line('B', 0),
      line(' x', 1),
      { ...line('B', 1), location: 'north' },
      { ...line('B', 1), location: 'n'.repeat(65) },
    ];
    sold()
      .when(takeBack({}, { lines }))
      .thenAsks('ReturnStock B 1')
      .when(grants('B', 1))
      .then({
        kind: 'OrderStockReturned',
        lines: [
          answer('A', 6, 0, 'QUANTITY_EXCEEDS_CONFIRMED'),
          answer('B', 1, 1, null),
          answer('C', 1, 0, 'QUANTITY_EXCEEDS_CONFIRMED'),
          answer('D', 1, 0, 'LINE_UNKNOWN'),
          { ...answer('B', 1, 0, 'LINE_UNKNOWN'), location: 'north' },
          answer('B', 0, 0, 'QUANTITY_INVALID'),
          answer(' x', 1, 0, 'SKU_INVALID'),
          { ...answer('B', 1, 0, 'LOCATION_INVALID'), location: 'n'.repeat(64) },
        ],
      });
  });

  it('takes 1000 lines', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => line(index === 0 ? 'A' : 'D', 1));
    sold().when(takeBack({}, { lines })).thenAsks('ReturnStock A 1');
  });

  it('goes on with a return whose id is used for something else', () => {
    const parcel = takeBack({ A: 1 });
    sold()
      .when(parcel, takeBack({ B: 1 }, { eventId: parcel.eventId }))
      .thenRefused('EVENT_ID_REUSED')
      .when(grants('A', 1))
      .then({ kind: 'OrderStockReturned', answers: parcel.eventId });
  });

  it('answers at once when no line is left to ask for', () => {
    const lines = [line('D', 1), line('A', QUANTITY_MAX), line('A', 1)];
    const story = sold().when(takeBack({}, { lines }));
    story.thenAsks().then({
      kind: 'OrderStockReturned',
      lines: [answer('D', 1, 0, 'LINE_UNKNOWN'), answer('A', 2 ** 31, 0, 'QUANTITY_INVALID')],
    });
    expect(story.order().returns).to.be.empty;
  });

  it('keeps returns apart that wait at the same time', () => {
    const [first, second] = [takeBack({ A: 1, B: 1 }), takeBack({ A: 2 })];
    const story = sold().when(first, second);
    const { commandId } = story.asked[2]!;
    const fine = { reason: null, shortage: null, totals: null } as const;
    const reply = { orderId: 'o-1', ...line('A', 2), ...fine };
    story
      .when({ kind: 'StockReply', commandId, ...reply })
      .then({ kind: 'OrderStockReturned', answers: second.eventId })
      .when(grants('A', 1), grants('B', 1))
      .then({
        kind: 'OrderStockReturned',
        answers: first.eventId,
        lines: [answer('A', 1, 1, null), answer('B', 1, 1, null)],
      });
    expect(story.order().returns).to.be.empty;
  });

  it('has room for a new return when an old one is answered', () => {
    const story = sold();
    for (let count = 0; count < 10; count++) story.when(takeBack({ A: 1 }));
    story
      .when(takeBack({ A: 1 }))
      .thenRefused('TOO_MANY_RETURNS')
      .when(grants('A', 1), takeBack({ A: 1 }))
      .thenAsks('ReturnStock A 1');
  });

  it('accepts 1000 returns in all', () => {
    const { state } = sold();
    const bring = () => {
      const facts = decideOrder(takeBack({ D: 1 }), state, startTime, 'cause');
      for (const fact of facts) evolveOrder(state, fact);
      const last = facts.at(-1)!;
      return last.kind === 'VerdictGiven' && last.verdict.kind;
    };
    for (let count = 0; count < RETURNS_MAX; count++) {
      expect(bring()).to.equal('OrderStockReturned');
    }
    expect(bring()).to.equal('OrderEventRefused');
    expect(state.orders.get('o-1')!.refused).to.have.length(1);
  });
});
