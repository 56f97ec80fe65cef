import { expect } from 'chai';
import { linesOf, orderEventsFor } from '../../testing/orderEventsFor.ts';
import type { OrderStep } from '../../testing/orderSpec.ts';
import { givenOrder, grants, orderPolicy, pass, refuses } from '../../testing/orderSpec.ts';
import type { UpstreamEvent } from './orderEvents.ts';
import { RETURNS_OPEN_MAX } from './orderLimits.ts';
import type { OrderRefusal } from './orderRefusals.ts';
import { ORDER_REFUSALS, ORDER_REFUSALS_OF } from './orderRefusals.ts';

/**
 * Faults from the first that is seen to the last. A fault is either fields of the event or what
 * went before it. Every row of a table is tried with the fields of all rows below it as well, and
 * with the past of the first below that has one: so each row proves its code, and that it comes
 * before the next.
 */
interface Table {
  event: UpstreamEvent;
  faults: [fault: object | OrderStep[], code: OrderRefusal][];
}

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');
const { place: placeOther } = orderEventsFor('o-2');
const used = { eventId: 'used' };
const timeOut = pass(orderPolicy.paymentTtlMs);
const tick = { kind: 'DeadlinesDue', limit: 10 } as const;
const tooMany = Array.from({ length: 1001 }, () => linesOf({ A: 1 })).flat();

const held = () => [place({ A: 20 }, used), grants('A', 20)];
const sold = () => [...held(), pay(), grants('A', 20)];
const rejected = () => [place({ A: 1 }, used), refuses('A', 'INSUFFICIENT_STOCK', 1)];
const expired = () => [...held(), timeOut, tick, grants('A', 20)];
const idFaults: Table['faults'] = [
  [{ eventId: 'e 1' }, 'EVENT_ID_INVALID'],
  [{ orderId: '' }, 'ORDER_ID_INVALID'],
];
const reused: Table['faults'][number] = [used, 'EVENT_ID_REUSED'];
const badReason: Table['faults'][number] = [{ reason: '\n' }, 'REASON_INVALID'];
const openReturns = () => Array.from({ length: RETURNS_OPEN_MAX }, () => takeBack({ A: 1 }));

const tables: Table[] = [
  { event: place({ A: 2 }), faults: [...idFaults, reused, [held(), 'ALREADY_PLACED']] },
  { event: pay(), faults: [[[], 'ORDER_UNKNOWN']] },
  { event: pay(), faults: [...idFaults, reused, [sold(), 'ALREADY_PAID']] },
  {
    event: cancel(),
    faults: [...idFaults, reused, badReason, [[...held(), cancel()], 'ALREADY_CANCELLED']],
  },
  // Rows that end in the payment prove that what ended the order is named first.
  { event: cancel(), faults: [[[...held(), cancel(), pay()], 'ALREADY_CANCELLED']] },
  { event: cancel(), faults: [badReason, [[...rejected(), pay()], 'ALREADY_REJECTED']] },
  { event: cancel(), faults: [badReason, [[...expired(), pay()], 'ALREADY_EXPIRED']] },
  { event: cancel(), faults: [...idFaults, reused, badReason, [sold(), 'ALREADY_PAID']] },
  {
    event: takeBack({ A: 1 }),
    faults: [...idFaults, reused, [{ lines: [] }, 'LINES_MISSING'], [held(), 'NOT_CONFIRMED']],
  },
  {
    event: takeBack({ A: 1 }),
    faults: [
      [{ lines: tooMany }, 'TOO_MANY_LINES'],
      [[], 'ORDER_UNKNOWN'],
    ],
  },
  {
    event: takeBack({ A: 1 }),
    faults: [
      ...idFaults,
      reused,
      [{ lines: tooMany }, 'TOO_MANY_LINES'],
      [[...sold(), ...openReturns()], 'TOO_MANY_RETURNS'],
    ],
  },
];

function fieldsOf(faults: Table['faults']): object {
  const fields = faults.map(([fault]) => (Array.isArray(fault) ? {} : fault));
  return Object.assign({}, ...fields.reverse()) as object;
}

function pastOf(faults: Table['faults']): OrderStep[] {
  const past = faults.find(([fault]) => Array.isArray(fault));
  return (past?.[0] ?? []) as OrderStep[];
}

describe('order refusals', () => {
  for (const { event, faults } of tables) {
    describe(`${event.kind}, of several faults`, () => {
      faults.forEach(([, code], row) => {
        const rest = faults.length > row + 1 ? `, before ${faults[row + 1]![1]}` : '';
        it(`${code}${rest}`, () => {
          const left = faults.slice(row);
          givenOrder(...pastOf(left))
            .when({ ...event, ...fieldsOf(left) })
            .thenRefused(code);
        });
      });
    });
  }

  it('change nothing but the memory of the event and the number of the verdict', () => {
    for (const past of [held(), sold(), rejected(), expired()]) {
      const story = givenOrder(...past);
      const before = structuredClone(story.order());
      story.when({ ...place({ A: 1 }), eventId: 'late' }).thenRefused('ALREADY_PLACED');
      const { head, refused, ...lists } = story.order();
      expect({ ...head, sequence: head.sequence - 1 }).to.deep.equal(before.head);
      expect(refused.map(({ eventId }) => eventId)).to.deep.equal(['late']);
      expect({ ...lists, head: before.head, refused: [] }).to.deep.equal(before);
    }
  });

  it('of one order say nothing about another', () => {
    givenOrder(...held(), placeOther({ A: 1 })).thenAsks('ReserveStock A 1');
  });

  it('have one order of precedence for all events', () => {
    for (const reasons of Object.values(ORDER_REFUSALS_OF)) {
      const places = reasons.map((reason) => ORDER_REFUSALS.indexOf(reason));
      expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    }
  });

  it('are all reached above', () => {
    for (const [kind, reasons] of Object.entries(ORDER_REFUSALS_OF)) {
      const codes = tables
        .filter(({ event }) => event.kind === kind)
        .flatMap(({ faults }) => faults.map(([, code]) => code));
      expect(new Set(codes), kind).to.deep.equal(new Set<OrderRefusal>(reasons));
    }
  });
});
