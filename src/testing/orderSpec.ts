import { expect } from 'chai';
import { decideOrder } from '../domain/order/decideOrder.ts';
import { evolveOrder } from '../domain/order/evolveOrder.ts';
import type { OrderEvent, StockReply } from '../domain/order/orderEvents.ts';
import type { OrderCommand, OrderFact } from '../domain/order/orderFacts.ts';
import type { OrderRefusal } from '../domain/order/orderRefusals.ts';
import type { Order, OrderPolicy, OrderState } from '../domain/order/orderState.ts';
import { emptyOrderState, runningDeadline } from '../domain/order/orderState.ts';
import type { OrderVerdict } from '../domain/order/orderVerdicts.ts';
import type { RejectionReason } from '../domain/rejections.ts';
import type { ReservationTotals } from '../domain/reservationTotals.ts';
import { dayMs, minuteMs, startTime } from './spec.ts';

export const orderPolicy: OrderPolicy = {
  paymentTtlMs: 30 * minuteMs,
  paymentTtlMsMax: dayMs,
  graceMs: 60 * minuteMs,
  reservationTtlMsMax: 2 * dayMs,
};

/** What the stock engine says to the command of a SKU that waits longest. */
interface Answer {
  answered: string;
  quantity: number;
  reason: RejectionReason | null;
  shortage: number | null;
  totals: ReservationTotals | null;
}

/** A step of a story: an event, ms of log time that pass, or an answer of the stock engine. */
export type OrderStep = OrderEvent | { passMs: number } | Answer;

export function pass(passMs: number): OrderStep {
  return { passMs };
}

export function grants(sku: string, quantity: number): Answer {
  return { answered: sku, quantity, reason: null, shortage: null, totals: null };
}

export function refuses(sku: string, reason: RejectionReason, shortage?: number): Answer {
  return { answered: sku, quantity: 0, reason, shortage: shortage ?? null, totals: null };
}

/** A line of a verdict, with the units that it leaves out: nobody else has booked any. */
export function wholeLine(line: object): object {
  if ('refund' in line) return { returned: 0, ...line };
  if ('granted' in line) return { confirmed: 0, ...line };
  if ('released' in line) return { confirmed: 0, expired: 0, ...line };
  return 'returned' in line ? { returnedInAll: line.returned, ...line } : line;
}

/** Fields that a verdict must have. */
export type ExpectedVerdict = { kind: OrderVerdict['kind'] } & Record<string, unknown>;

/** A story: what happened, then an event, then what has to be stated, and so on. */
export function givenOrder(...past: OrderStep[]): OrderStory {
  return new OrderStory().when(...past);
}

export class OrderStory {
  readonly state: OrderState = emptyOrderState(orderPolicy);
  now = startTime;
  /** Of the last step. */
  facts: OrderFact[] = [];
  /** Commands that were not answered yet, in the order in which they were sent. */
  readonly asked: OrderCommand[] = [];
  readonly verdicts: OrderVerdict[] = [];
  #offset = 0;

  /** Decides, checks what holds for every decision, and repeats: a repeat must change nothing. */
  when(...steps: OrderStep[]): this {
    for (const step of steps) {
      if ('passMs' in step) {
        this.now += step.passMs;
        continue;
      }
      const event = 'answered' in step ? this.#replyOf(step) : step;
      this.facts = this.#decide(event);
      for (const fact of this.facts) evolveOrder(this.state, fact);
      this.asked.push(...commandsOf(this.facts));
      this.verdicts.push(...verdictsOf(this.facts));
      this.#expectSound();
      if (event.kind !== 'DeadlinesDue' && !isNameless(this.facts)) {
        expect(this.#decide(event), `a repeated ${event.kind}`).to.be.empty;
      }
    }
    return this;
  }

  /** The verdicts of the last step, in order; each with at least these fields. */
  then(...expected: ExpectedVerdict[]): this {
    const verdicts = verdictsOf(this.facts);
    expect(verdicts.map(({ kind }) => kind)).to.deep.equal(expected.map(({ kind }) => kind));
    expected.forEach((fields, index) => {
      const { lines } = fields;
      const whole = Array.isArray(lines) ? { lines: lines.map(wholeLine) } : {};
      expect(verdicts[index]).to.deep.include({ ...fields, ...whole });
    });
    return this;
  }

  /** The commands of the last step: kind and SKU, and where they name one the quantity. */
  thenAsks(...expected: string[]): this {
    const asks = commandsOf(this.facts).map(({ kind, sku, quantity }) =>
      quantity === null ? `${kind} ${sku}` : `${kind} ${sku} ${quantity}`,
    );
    expect(asks).to.deep.equal(expected);
    return this;
  }

  /** The last event was refused, after whatever expiry had to be stated. */
  thenRefused(reason: OrderRefusal): this {
    expect(verdictsOf(this.facts).at(-1)).to.include({ kind: 'OrderEventRefused', reason });
    return this;
  }

  thenNothing(): this {
    expect(this.facts).to.be.empty;
    return this;
  }

  order(orderId = 'o-1'): Order {
    const order = this.state.orders.get(orderId);
    expect(order, `order ${orderId}`).to.exist;
    return order!;
  }

  #replyOf({ answered, quantity, reason, shortage, totals }: Answer): StockReply {
    const position = this.asked.findIndex(({ sku }) => sku === answered);
    expect(position, `a command about ${answered} that waits`).to.be.at.least(0);
    const { commandId, orderId, sku, location } = this.asked.splice(position, 1)[0]!;
    const names = { orderId, commandId, sku, location };
    return { kind: 'StockReply', ...names, quantity, reason, shortage, totals };
  }

  #decide(event: OrderEvent): OrderFact[] {
    this.state.due = listDeadlines(this.state);
    const before = JSON.stringify([...this.state.orders]);
    const cause = `${'T'.repeat(22)}:0:${++this.#offset}`;
    const facts = decideOrder(structuredClone(event), this.state, this.now, cause);
    expect(JSON.stringify([...this.state.orders]), 'decideOrder changes nothing').to.equal(before);
    return facts;
  }

  /** Orders survive being stored, and their verdicts are numbered without gap. */
  #expectSound(): void {
    for (const [orderId, order] of this.state.orders) {
      const stored = JSON.parse(JSON.stringify(order)) as Order;
      expect(stored).to.deep.equal(order);
      this.state.orders.set(orderId, stored);
      const numbers = this.verdicts
        .filter((verdict) => verdict.orderId === orderId && verdict.sequence > 0)
        .map(({ sequence }) => sequence);
      expect(numbers, 'sequence').to.deep.equal(numbers.map((_, index) => index + 1));
      expect(order.head.waiting, 'waiting').to.equal(
        order.lines.filter(({ waiting }) => waiting !== null).length,
      );
    }
  }
}

export function commandsOf(facts: readonly OrderFact[]): OrderCommand[] {
  return facts.flatMap((fact) => (fact.kind === 'StockAsked' ? [fact.command] : []));
}

export function verdictsOf(facts: readonly OrderFact[]): OrderVerdict[] {
  return facts.flatMap((fact) => (fact.kind === 'VerdictGiven' ? [fact.verdict] : []));
}

/**
 * What a tick is given to look through: all orders by deadline, then order id. Most are final or
 * not due: a tick has to leave those alone.
 */
export function listDeadlines({ orders }: OrderState): string[] {
  const deadline = (order: Order) => runningDeadline(order.head) ?? 0;
  return [...orders]
    .sort(([a, left], [b, right]) => deadline(left) - deadline(right) || (a < b ? -1 : 1))
    .map(([orderId]) => orderId);
}

/** An event without a valid id cannot be known again: each repeat of it is answered. */
function isNameless(facts: readonly OrderFact[]): boolean {
  return verdictsOf(facts).some(({ sequence }) => sequence === 0);
}
