import { expect } from 'chai';
import { orderEventsFor } from '../../testing/orderEventsFor.ts';
import type { OrderStep, OrderStory } from '../../testing/orderSpec.ts';
import {
  commandsOf,
  givenOrder,
  grants,
  orderPolicy,
  pass,
  refuses,
  verdictsOf,
} from '../../testing/orderSpec.ts';
import type { OrderPhase } from './orderState.ts';

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');
const order = () => place({ A: 1, B: 1 });
const tick = { kind: 'DeadlinesDue', limit: 10 } as const;
const timeOut = pass(orderPolicy.paymentTtlMs);
const [hasA, hasB, noB] = [grants('A', 1), grants('B', 1), refuses('B', 'INSUFFICIENT_STOCK', 1)];

const reserving = () => [order(), hasA];
const rejecting = () => [...reserving(), noB];
const cancelling = () => [...reserving(), cancel()];
const reserved = () => [...reserving(), hasB];
const confirming = () => [...reserved(), pay(), hasA];
const expiring = () => [...reserved(), timeOut, tick, hasA];
const expired = () => [...expiring(), hasB];
const rejected = () => [...rejecting(), hasA];
const cancelled = () => [...reserved(), cancel(), hasA, hasB];

type Row = [
  name: string,
  past: () => OrderStep[],
  phase: OrderPhase,
  placed: string,
  paid: string,
  cancelled: string,
  returned: string,
];

const release = 'Release A, Release B';
const known = '! ALREADY_PLACED';
const notSold = '! NOT_CONFIRMED';
const unknown = '! ORDER_UNKNOWN';
const refund = (reason: string) => `OrderRefundRequired ${reason}`;

/** What each event means in each state: commands, then verdicts; `! NAME` for a refusal. */
const rows: Row[] = [
  ['new', () => [], 'unplaced', 'Reserve A, Reserve B', unknown, 'OrderStockReleased', unknown],
  [
    'refused before',
    () => [pay()],
    'unplaced',
    'Reserve A, Reserve B',
    unknown,
    'OrderStockReleased',
    unknown,
  ],
  [
    'cancelled first',
    () => [cancel()],
    'cancelled',
    'OrderStockRejected ORDER_CANCELLED',
    refund('ORDER_CANCELLED'),
    '! ALREADY_CANCELLED',
    notSold,
  ],
  ['reserving', reserving, 'reserving', known, 'remembered', 'Release A', notSold],
  [
    'reserving, paid',
    () => [...reserving(), pay()],
    'reserving',
    known,
    '! ALREADY_PAID',
    '! ALREADY_PAID',
    notSold,
  ],
  [
    'reserving for longer than the time to pay',
    () => [...reserving(), timeOut],
    'reserving',
    known,
    'remembered',
    'Release A',
    notSold,
  ],
  ['rejecting', rejecting, 'releasing', known, 'remembered', 'remembered', notSold],
  [
    'rejecting, paid',
    () => [...rejecting(), pay()],
    'releasing',
    known,
    '! ALREADY_PAID',
    '! ALREADY_PAID',
    notSold,
  ],
  ['cancelling', cancelling, 'releasing', known, 'remembered', '! ALREADY_CANCELLED', notSold],
  ['reserved', reserved, 'reserved', known, 'Confirm A, Confirm B', release, notSold],
  [
    'reserved, overdue',
    () => [...reserved(), timeOut],
    'reserved',
    `${release}, ${known}`,
    release,
    `${release}, ! ALREADY_EXPIRED`,
    `${release}, ${notSold}`,
  ],
  [
    'reserved, cancelling',
    () => [...reserved(), cancel()],
    'releasing',
    known,
    'remembered',
    '! ALREADY_CANCELLED',
    notSold,
  ],
  ['expiring', expiring, 'releasing', known, 'remembered', '! ALREADY_EXPIRED', notSold],
  ['confirming', confirming, 'confirming', known, '! ALREADY_PAID', '! ALREADY_PAID', notSold],
  [
    'confirmed',
    () => [...confirming(), hasB],
    'confirmed',
    known,
    '! ALREADY_PAID',
    '! ALREADY_PAID',
    'Return A',
  ],
  [
    'confirmed in part',
    () => [...confirming(), refuses('B', 'REFUND_REQUIRED', 1)],
    'confirmed',
    known,
    '! ALREADY_PAID',
    '! ALREADY_PAID',
    'Return A',
  ],
  [
    'rejected',
    rejected,
    'rejected',
    known,
    refund('ORDER_REJECTED'),
    '! ALREADY_REJECTED',
    notSold,
  ],
  [
    'rejected, then paid',
    () => [...rejected(), pay()],
    'rejected',
    known,
    '! ALREADY_PAID',
    '! ALREADY_REJECTED',
    notSold,
  ],
  [
    'malformed',
    () => [place({})],
    'rejected',
    known,
    refund('ORDER_REJECTED'),
    '! ALREADY_REJECTED',
    notSold,
  ],
  [
    'cancelled',
    cancelled,
    'cancelled',
    known,
    refund('ORDER_CANCELLED'),
    '! ALREADY_CANCELLED',
    notSold,
  ],
  [
    'cancelled, then paid',
    () => [...cancelled(), pay()],
    'cancelled',
    known,
    '! ALREADY_PAID',
    '! ALREADY_CANCELLED',
    notSold,
  ],
  ['expired', expired, 'expired', known, refund('PAYMENT_OVERDUE'), '! ALREADY_EXPIRED', notSold],
  [
    'expired, then paid',
    () => [...expired(), pay()],
    'expired',
    known,
    '! ALREADY_PAID',
    '! ALREADY_EXPIRED',
    notSold,
  ],
];

function summary({ facts }: OrderStory): string {
  const asks = commandsOf(facts).map(({ kind, sku }) => `${/^[A-Z][a-z]+/.exec(kind)![0]} ${sku}`);
  const verdicts = verdictsOf(facts).map((verdict) => {
    const reason = 'reason' in verdict ? ` ${verdict.reason}` : '';
    return verdict.kind === 'OrderEventRefused' ? `!${reason}` : `${verdict.kind}${reason}`;
  });
  const all = [...asks, ...verdicts].join(', ');
  return all === '' && facts.length > 0 ? 'remembered' : all;
}

describe('an order', () => {
  for (const [name, past, phase, ...expected] of rows) {
    const events = [order, pay, cancel, () => takeBack({ A: 1 })];
    events.forEach((makeEvent, column) => {
      const event = makeEvent();
      it(`${name}: ${event.kind} → ${expected[column]}`, () => {
        const story = givenOrder(...past());
        expect(story.state.orders.get('o-1')?.head.phase ?? 'unplaced').to.equal(phase);
        expect(summary(story.when(event))).to.equal(expected[column]);
      });
    });
  }

  it('is tried in every phase', () => {
    const phases: Record<OrderPhase, true> = {
      unplaced: true,
      reserving: true,
      reserved: true,
      confirming: true,
      confirmed: true,
      releasing: true,
      rejected: true,
      cancelled: true,
      expired: true,
    };
    expect(rows.map(([, , phase]) => phase)).to.include.members(Object.keys(phases));
  });
});
