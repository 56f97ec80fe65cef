import { expect } from 'chai';
import { linesOf, orderEventsFor } from '../../testing/orderEventsFor.ts';
import { givenOrder, grants, pass, refuses } from '../../testing/orderSpec.ts';
import { dayMs, startTime } from '../../testing/spec.ts';
import { QUANTITY_MAX } from '../limits.ts';
import type { OrderPlaced } from './orderEvents.ts';
import { ORDER_LINES_MAX } from './orderLimits.ts';
import type { OrderRejection } from './orderRefusals.ts';
import { ORDER_REJECTIONS } from './orderRefusals.ts';

const { place, pay, cancel } = orderEventsFor('o-1');
const good = { sku: 'A', location: 'main', quantity: 1 };
const lines = (count: number) => Array.from({ length: count }, () => good);

/** Each row is tried with the faults of all rows below it as well: the first must be given. */
const faults: [fields: Partial<OrderPlaced>, cancelledFirst: boolean, reason: OrderRejection][] = [
  [{ lines: [] }, false, 'LINES_MISSING'],
  [{ lines: lines(ORDER_LINES_MAX + 1) }, false, 'TOO_MANY_LINES'],
  [{ lines: [{ ...good, quantity: 0 }] }, false, 'LINES_INVALID'],
  [{ expiresAt: startTime }, false, 'EXPIRY_INVALID'],
  [{}, true, 'ORDER_CANCELLED'],
];

describe('decidePlaced', () => {
  faults.forEach(([, , reason], row) => {
    it(`rejects: ${reason}`, () => {
      const left = faults.slice(row);
      const fields = Object.assign({}, ...left.map(([each]) => each).reverse()) as object;
      const story = givenOrder(...(left.some(([, first]) => first) ? [cancel()] : []));
      story.when(place({ A: 1 }, fields)).thenAsks();
      story.then({ kind: 'OrderStockRejected', reason, paid: false });
    });
  });

  it('knows no other rejections than these and those of a step', () => {
    const later = ['PAYMENT_OVERDUE', 'RESERVED_TOO_LATE', 'LINES_REFUSED'];
    expect([...faults.map(([, , reason]) => reason), ...later]).to.deep.equal(ORDER_REJECTIONS);
  });

  it('takes 1000 lines', () => {
    givenOrder(place({}, { lines: lines(1000) })).thenAsks('ReserveStock A 1000');
  });

  it('gives a reason for each line that makes no sense, with its names cut', () => {
    const sent = [
      good,
      { ...good, sku: ` ${'x'.repeat(70)}` },
      { ...good, location: '' },
      { ...good, quantity: QUANTITY_MAX + 1 },
      { ...good, quantity: -3 },
      good,
    ];
    const { verdicts } = givenOrder(place({}, { lines: sent }));
    const judged = verdicts.map((verdict) => 'lines' in verdict && verdict.lines)[0];
    const none = { granted: 0, confirmed: 0, shortage: null };
    expect(judged).to.deep.equal([
      { sku: 'A', location: 'main', requested: 1, reason: null, ...none },
      {
        sku: ` ${'x'.repeat(63)}`,
        location: 'main',
        requested: 1,
        reason: 'SKU_INVALID',
        ...none,
      },
      { sku: 'A', location: '', requested: 1, reason: 'LOCATION_INVALID', ...none },
      {
        sku: 'A',
        location: 'main',
        requested: QUANTITY_MAX + 1,
        reason: 'QUANTITY_INVALID',
        ...none,
      },
      { sku: 'A', location: 'main', requested: -3, reason: 'QUANTITY_INVALID', ...none },
      { sku: 'A', location: 'main', requested: 1, reason: null, ...none },
    ]);
  });

  it('rejects lines that are too many units in sum', () => {
    const sent = [...linesOf({ A: QUANTITY_MAX, B: 1 }), good];
    givenOrder(place({}, { lines: sent })).then({
      kind: 'OrderStockRejected',
      reason: 'LINES_INVALID',
      lines: [
        {
          sku: 'A',
          location: 'main',
          requested: QUANTITY_MAX + 1,
          granted: 0,
          reason: 'QUANTITY_INVALID',
          shortage: null,
        },
        { sku: 'B', location: 'main', requested: 1, granted: 0, reason: null, shortage: null },
      ],
    });
  });

  for (const [name, more] of [
    ['now', { expiresAt: startTime }],
    ['past', { ttlSeconds: 0 }],
    ['one ms too far', { expiresAt: startTime + dayMs + 1 }],
    ['one second too far', { ttlSeconds: dayMs / 1000 + 1 }],
    ['given twice', { ttlSeconds: 60, expiresAt: startTime + 60_000 }],
  ] as const) {
    it(`rejects a deadline that is ${name}`, () => {
      givenOrder(place({ A: 1 }, more)).then({
        kind: 'OrderStockRejected',
        reason: 'EXPIRY_INVALID',
        lines: [
          { sku: 'A', location: 'main', requested: 1, granted: 0, reason: null, shortage: null },
        ],
      });
    });
  }

  it('uses an order id once, even when it was rejected', () => {
    givenOrder(place({}))
      .when(place({ A: 1 }))
      .thenRefused('ALREADY_PLACED');
    givenOrder(place({ A: 1 }), refuses('A', 'INSUFFICIENT_STOCK', 1), pass(dayMs))
      .when(place({ A: 1 }))
      .thenRefused('ALREADY_PLACED');
  });

  it('opens an order of which a payment came too early', () => {
    givenOrder(pay())
      .thenRefused('ORDER_UNKNOWN')
      .when(place({ A: 1 }), grants('A', 1))
      .then({ kind: 'OrderStockReserved', sequence: 2 });
  });
});
