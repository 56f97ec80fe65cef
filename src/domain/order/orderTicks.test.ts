import { expect } from 'chai';
import fc from 'fast-check';
import { linesOf } from '../../testing/orderEventsFor.ts';
import { commandsOf, listDeadlines, orderPolicy, verdictsOf } from '../../testing/orderSpec.ts';
import { decideOrder } from './decideOrder.ts';
import { evolveOrder } from './evolveOrder.ts';
import type { OrderEvent, OrderMode, StockReply } from './orderEvents.ts';
import type { OrderCommand } from './orderFacts.ts';
import { emptyOrderState } from './orderState.ts';
import type { OrderVerdict } from './orderVerdicts.ts';

/** The order may be paid for 20 ms; each answer of the stock engine takes up to 30. */
const deadline = 20;
const skus = ['A', 'B', 'C'];
const moment = fc.integer({ min: 1, max: 50 });
const delays = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 6, maxLength: 6 });
const upstream = fc.array(
  fc.record({ at: moment, kind: fc.constantFrom('OrderPaid', 'OrderCancelled') }),
  { maxLength: 4 },
);

interface Script {
  mode: OrderMode;
  /** Which SKUs are there. */
  stock: boolean[];
  /** How long each of the stock engine's answers takes, in ms. */
  delays: number[];
  upstream: { at: number; kind: string }[];
}

const script: fc.Arbitrary<Script> = fc.record({
  mode: fc.constantFrom('all', 'partial'),
  stock: fc.array(
    fc.integer({ min: 0, max: 3 }).map((dice) => dice > 0),
    { minLength: 3, maxLength: 3 },
  ),
  delays,
  upstream,
});

/** Plays one order against a stock whose answers and their delays are fixed, with these ticks. */
function verdictsWith(ticks: readonly number[], { mode, stock, delays, upstream }: Script) {
  const state = emptyOrderState({ ...orderPolicy, paymentTtlMs: deadline });
  const open = { expiresAt: null, ttlSeconds: null };
  const lines = linesOf({ A: 1, B: 1, C: 1 });
  const agenda: { at: number; event: OrderEvent }[] = [
    { at: 0, event: { kind: 'OrderPlaced', eventId: 'e', orderId: 'o', lines, mode, ...open } },
    ...ticks.map((at) => ({ at, event: { kind: 'DeadlinesDue', limit: 10 } as const })),
    ...upstream.map(({ at, kind }, index) => {
      return { at, event: { kind, eventId: `e-${index}`, orderId: 'o', reason: '' } as OrderEvent };
    }),
  ];
  const verdicts: OrderVerdict[] = [];
  for (let place = 0; agenda.length > 0; place++) {
    agenda.sort((a, b) => a.at - b.at);
    const { at, event } = agenda.shift()!;
    state.due = listDeadlines(state);
    const facts = decideOrder(event, state, at, `cause-${place}`);
    for (const fact of facts) evolveOrder(state, fact);
    for (const command of commandsOf(facts)) {
      const line = skus.indexOf(command.sku);
      const step = command.kind === 'ReserveStock' ? 0 : 3;
      agenda.push({ at: at + delays[line + step]!, event: answer(command, stock[line]!) });
    }
    verdicts.push(...verdictsOf(facts));
  }
  return verdicts;
}

function answer({ commandId, orderId, sku, location }: OrderCommand, isThere: boolean): StockReply {
  const names = { kind: 'StockReply', orderId, commandId, sku, location, totals: null } as const;
  return isThere
    ? { ...names, quantity: 1, reason: null, shortage: null }
    : { ...names, quantity: 0, reason: 'INSUFFICIENT_STOCK', shortage: 1 };
}

/** Verdicts without when and after how many others they came. */
function contents(verdicts: readonly OrderVerdict[]): string[] {
  return verdicts.map((said) => JSON.stringify({ ...said, time: 0, sequence: 0 })).sort();
}

describe('ticks', function () {
  this.timeout(180_000);

  it('change no verdict, whether they are late, early, doubled or missing', () => {
    // Both have a last tick, without which an order that nobody asks about would stay as it is.
    const ticks = fc.array(moment, { maxLength: 5 }).map((some) => [...some, 100]);
    fc.assert(
      fc.property(script, ticks, (given, some) => {
        const without = contents(verdictsWith([100], given));
        expect(contents(verdictsWith(some, given))).to.deep.equal(without);
      }),
      { numRuns: 1000 },
    );
  });
});
