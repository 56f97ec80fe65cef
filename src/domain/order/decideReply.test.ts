import { expect } from 'chai';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import type { OrderStep } from '../../testing/orderSpec.ts';
import { givenOrder, grants, orderPolicy, refuses, wholeLine } from '../../testing/orderSpec.ts';
import { startTime } from '../../testing/spec.ts';
import type { RejectionReason } from '../rejections.ts';
import { REJECTIONS_OF } from '../rejections.ts';
import { decideOrder } from './decideOrder.ts';
import { evolveOrder } from './evolveOrder.ts';
import type { StockReply } from './orderEvents.ts';
import type { OrderCommand } from './orderFacts.ts';
import { emptyOrderState } from './orderState.ts';

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');
const reserved = () => [place({ A: 2, B: 1 }), grants('A', 2), grants('B', 1)];
const sold = () => [...reserved(), pay(), grants('A', 2), grants('B', 1)];
const named = { sku: 'B', location: 'main' };

/** What a refusal of line B means, for whatever reason the stock engine has. */
const meanings: Record<OrderCommand['kind'], [OrderStep[], (reason: string) => object]> = {
  ReserveStock: [
    [place({ A: 2, B: 1 }, { mode: 'partial' }), grants('A', 2)],
    (reason) => ({ ...named, requested: 1, granted: 0, reason, shortage: null }),
  ],
  ConfirmReservation: [
    [...reserved(), pay(), grants('A', 2)],
    (reason) => ({ ...named, confirmed: 0, refund: 1, reason, shortage: null }),
  ],
  ReleaseReservation: [
    [...reserved(), cancel(), grants('A', 2)],
    (reason) => ({ ...named, released: 0, reason }),
  ],
  ReturnStock: [
    [...sold(), takeBack({ A: 1, B: 1 }), grants('A', 1)],
    (reason) => ({ ...named, requested: 1, returned: 0, reason }),
  ],
};

describe('decideReply', () => {
  for (const [kind, [past, lineOf]] of Object.entries(meanings)) {
    const reasons: readonly RejectionReason[] = [
      ...REJECTIONS_OF[kind as OrderCommand['kind']],
      'SKIPPED_BY_OPERATOR',
    ];
    for (const reason of reasons) {
      it(`takes ${reason} of a ${kind} for what it means`, () => {
        const { verdicts } = givenOrder(...past, refuses('B', reason));
        const last = verdicts.at(-1)!;
        expect('lines' in last && last.lines).to.deep.include(wholeLine(lineOf(reason)));
      });
    }
  }

  it('counts what was confirmed, if it is less than what was held', () => {
    givenOrder(...reserved(), pay(), grants('B', 1))
      .when(grants('A', 1))
      .then({
        kind: 'OrderRefundRequired',
        reason: 'UNITS_MISSING',
        lines: [
          { ...named, sku: 'A', confirmed: 1, refund: 1, reason: null, shortage: null },
          { ...named, confirmed: 1, refund: 0, reason: null, shortage: null },
        ],
      });
  });

  describe('ignores a reply that is not waited for', () => {
    const story = () => givenOrder(place({ A: 2, B: 1 }), grants('A', 2));
    const replyTo = ({ commandId, orderId, sku, location }: OrderCommand): StockReply => {
      const answer = { quantity: 1, reason: null, shortage: null, totals: null };
      return { kind: 'StockReply', orderId, commandId, sku, location, ...answer };
    };
    const awaited = () => replyTo(story().asked[0]!);
    const cause = awaited().commandId.slice(0, -4);

    it('but takes one that is', () => {
      expect(awaited().commandId).to.equal(`${cause}:1:0`);
      story().when(awaited()).then({ kind: 'OrderStockReserved' });
    });

    for (const [name, fields] of [
      ['of another order', { orderId: 'o-2' }],
      ['of another cause', { commandId: `${cause}x:1:0` }],
      ['of a line that is answered', { commandId: `${cause}:0:0` }],
      ['of a later step', { commandId: `${cause}:1:1` }],
      ['of a return', { commandId: `${cause}:1:2` }],
      ['of no line', { commandId: `${cause}:2:0` }],
      ['of no number', { commandId: `${cause}:NaN:NaN` }],
      ['written otherwise', { commandId: `${cause}:01:0` }],
      ['with more to it', { commandId: `${cause}:1:0:0` }],
      ['with less to it', { commandId: `${cause}:1` }],
      ['that is no answer', { commandId: 'by hand' }],
    ] as const) {
      it(name, () => {
        story()
          .when({ ...awaited(), ...fields })
          .thenNothing();
      });
    }

    it('of a step that is over', () => {
      givenOrder(...reserved(), pay())
        .when({ ...awaited(), commandId: `${cause}:1:0` })
        .thenNothing();
    });

    it('of a return that is over', () => {
      const past = givenOrder(...sold(), takeBack({ A: 1 }));
      const reply = replyTo(past.asked[0]!);
      past.when(reply).then({ kind: 'OrderStockReturned' }).when(reply).thenNothing();
    });
  });

  it('looks at one line of a thousand', () => {
    const wanted = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`S${index}`, 1]));
    const state = emptyOrderState(orderPolicy);
    for (const fact of decideOrder(place(wanted), state, startTime, 'cause')) {
      evolveOrder(state, fact);
    }
    const order = state.orders.get('o-1')!;
    let reads = 0;
    order.lines = new Proxy(order.lines, {
      get: (lines, name: string) => {
        reads += 1;
        return lines[name as unknown as number];
      },
    });
    const reply: StockReply = {
      kind: 'StockReply',
      orderId: 'o-1',
      commandId: 'cause:7:0',
      sku: 'S7',
      location: 'main',
      quantity: 1,
      reason: null,
      shortage: null,
      totals: null,
    };
    for (const fact of decideOrder(reply, state, startTime, 'reply')) evolveOrder(state, fact);
    expect(order.lines[7]!.granted).to.equal(1);
    expect(reads).to.be.at.most(10);
  });
});
