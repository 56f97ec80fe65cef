import { expect } from 'chai';
import type { OrderMode, UpstreamEvent } from '../../src/domain/order/orderEvents.ts';
import type { ReservedLine, VerdictBody } from '../../src/domain/order/orderVerdicts.ts';
import type { PublishedOrderVerdict } from '../../src/messaging/orderStockEventCodec.ts';
import { type Promised, brokenPromises, endOf } from './judgeOrder.ts';
import type { OrderHistory } from './orderHistory.ts';

const at = { sku: 'A', location: 'main', reason: null };
const reserved = (granted: number, requested = 2): ReservedLine => {
  return { ...at, granted, requested, confirmed: 0, shortage: null };
};
const held: VerdictBody = { kind: 'OrderStockReserved', expiresAt: 9, lines: [reserved(2)] };
const partly: VerdictBody = {
  kind: 'OrderStockPartiallyReserved',
  expiresAt: 9,
  lines: [reserved(1)],
};
const refused: VerdictBody = {
  kind: 'OrderStockRejected',
  reason: 'LINES_REFUSED',
  paid: false,
  lines: [reserved(0)],
};
const paidLine = (confirmed: number, refund: number) => [
  { ...at, confirmed, returned: 0, refund, shortage: null },
];
const sold: VerdictBody = { kind: 'OrderStockConfirmed', lines: paidLine(2, 0) };
const refund = (confirmed: number, units: number): VerdictBody => {
  return {
    kind: 'OrderRefundRequired',
    reason: 'UNITS_MISSING',
    lines: paidLine(confirmed, units),
  };
};
const freed = (units: number) => ({ ...at, released: units, confirmed: 0, expired: 0 });
const released: VerdictBody = { kind: 'OrderStockReleased', lines: [freed(2)] };
const expired: VerdictBody = {
  kind: 'OrderStockExpired',
  expiresAt: 9,
  lines: [freed(2)],
};

type Step = [body: VerdictBody, answers: string | null];

/** Events at offsets 0, 10, 20…; verdicts caused in between, in order. */
function history(sent: string[], steps: Step[], mode: OrderMode = 'all'): OrderHistory {
  const events = sent.map((eventId, index) => {
    const kind = eventId === 'placed' ? 'OrderPlaced' : 'OrderPaid';
    const event = { kind, orderId: 'o', eventId, mode, lines: [] } as unknown as UpstreamEvent;
    return [eventId, { event, offset: index * 10 }] as const;
  });
  const verdicts = steps.map(([body, answers], index) => {
    const offset = index * 10 + 5;
    const head = { orderId: 'o', sequence: index + 1, answers, time: 0, offset };
    return { ...body, ...head } as PublishedOrderVerdict;
  });
  return { sent: new Map(events), verdicts };
}

const paidOrder: Step[] = [
  [held, 'placed'],
  [sold, 'paid'],
];

describe('brokenPromises', () => {
  const sound: [string, OrderHistory, string][] = [
    ['paid', history(['placed', 'paid'], paidOrder), 'confirmed'],
    ['rejected', history(['placed'], [[refused, 'placed']]), 'rejected'],
    [
      'expired and paid too late',
      history(
        ['placed', 'paid'],
        [
          [held, 'placed'],
          [expired, null],
          [{ ...refund(0, 2), reason: 'PAYMENT_OVERDUE' } as VerdictBody, 'paid'],
        ],
      ),
      'expired',
    ],
    [
      'cancelled',
      history(
        ['placed', 'gone'],
        [
          [held, 'placed'],
          [released, 'gone'],
        ],
      ),
      'cancelled',
    ],
    [
      'sold by the warehouse, expired and paid late',
      history(
        ['placed', 'paid'],
        [
          [held, 'placed'],
          [{ ...expired, lines: [{ ...freed(0), confirmed: 2 }] }, null],
          [sold, 'paid'],
        ],
      ),
      'confirmed',
    ],
    [
      'cancelled before it was placed',
      history(
        ['gone', 'placed'],
        [
          [{ ...released, lines: [] }, 'gone'],
          [refused, 'placed'],
        ],
      ),
      'cancelled',
    ],
    [
      'partly had',
      history(
        ['placed', 'paid'],
        [
          [partly, 'placed'],
          [{ ...sold, lines: paidLine(1, 0) }, 'paid'],
        ],
        'partial',
      ),
      'confirmed',
    ],
  ];
  for (const [what, order, end] of sound) {
    it(`finds nothing wrong with an order that was ${what}`, () => {
      expect(brokenPromises(order)).to.deep.equal([]);
      expect(endOf(order)).to.equal(end);
    });
  }

  const contiguous: Promised = 'verdicts of an order have no gap and no repeat';
  const answered: Promised = 'every event has exactly one verdict that names it';
  const once: Promised = 'every order ends in exactly one final verdict';
  const whole: Promised = 'no half of an order was ever stated as final';
  const paidFor: Promised = 'paid = every line confirmed, or a refund for what was not';
  const givenBack: Promised = 'given up = every held unit released, or sold by the warehouse';
  const gap = history(['placed', 'paid'], paidOrder);
  gap.verdicts[1] = { ...gap.verdicts[1]!, sequence: 3 };
  const broken: [string, OrderHistory, Promised[]][] = [
    ['a missing verdict', gap, [contiguous]],
    ['an event without an answer', history(['placed', 'paid', 'x'], paidOrder), [answered]],
    [
      'an answer to nothing',
      history(
        ['placed'],
        [
          [refused, 'placed'],
          [refused, 'x'],
        ],
      ),
      [answered, once],
    ],
    ['no end', history(['placed'], [[held, 'placed']]), [once]],
    ['two ends', history(['placed', 'paid'], [...paidOrder, [expired, null]]), [once]],
    [
      'half an order that wants all',
      history(
        ['placed', 'x'],
        [
          [partly, 'placed'],
          [{ ...released, lines: [freed(1)] }, 'x'],
        ],
      ),
      [whole],
    ],
    [
      'a rejection that holds units',
      history(['placed'], [[{ ...refused, lines: [reserved(1)] }, 'placed']]),
      [whole],
    ],
    [
      'fewer units sold than paid for',
      history(
        ['placed', 'paid'],
        [
          [held, 'placed'],
          [refund(1, 0), 'paid'],
        ],
      ),
      [paidFor],
    ],
    [
      'a refund of more than was paid',
      history(
        ['placed', 'paid'],
        [
          [held, 'placed'],
          [refund(1, 2), 'paid'],
        ],
      ),
      [paidFor],
    ],
    [
      'units that stay held',
      history(
        ['placed', 'x'],
        [
          [held, 'placed'],
          [{ ...released, lines: [freed(1)] }, 'x'],
        ],
      ),
      [givenBack],
    ],
  ];
  for (const [what, order, promises] of broken) {
    it(`finds ${what}`, () => {
      expect(brokenPromises(order)).to.deep.equal(promises);
    });
  }
});
