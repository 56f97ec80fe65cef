import { FIRST_RETURN_STEP } from './orderCommandId.ts';
import type { EventAccepted, OrderFact, ReturnOpened, StockAnswered } from './orderFacts.ts';
import { REFUSED_EVENTS_MAX } from './orderLimits.ts';
import { evolveLine, informedLine, openedLine } from './orderLine.ts';
import type { NotedEvent, Order, OrderHead, OrderState } from './orderState.ts';
import { unplacedOrder } from './orderState.ts';

/**
 * The state after a fact. It is the state that was given: a working copy of the batch, updated in
 * place. Replaying the facts of a log gives the state that deciding its events gave.
 */
export function evolveOrder(state: OrderState, fact: OrderFact): OrderState {
  // What names no valid order, or has no valid id, is answered but belongs to no order.
  if (fact.kind === 'VerdictGiven' && fact.verdict.sequence === 0) return state;
  let order = state.orders.get(fact.orderId);
  if (!order) state.orders.set(fact.orderId, (order = unplacedOrder(fact.orderId)));
  order.head = evolveHead(order.head, fact);
  evolveLists(order, fact);
  return state;
}

/** The order without its lists, after a fact. */
export function evolveHead(head: OrderHead, fact: OrderFact): OrderHead {
  switch (fact.kind) {
    case 'EventAccepted':
      return accepted(head, fact);
    case 'OrderOpened': {
      const { cause, mode, expiresAt, lifeMs } = fact;
      return { ...head, cause, mode, expiresAt, lifeMs };
    }
    case 'DeadlineMoved':
      return { ...head, expiresAt: fact.expiresAt };
    case 'PhaseChanged': {
      const { phase } = fact;
      return { ...head, phase, reserved: head.reserved || phase === 'reserved' };
    }
    case 'ReleaseBegun':
      return { ...head, phase: 'releasing', ending: fact.ending, releaseReason: fact.reason };
    case 'StockAsked':
      return fact.step < FIRST_RETURN_STEP ? { ...head, waiting: head.waiting + 1 } : head;
    case 'StockAnswered':
      return fact.step < FIRST_RETURN_STEP ? { ...head, waiting: head.waiting - 1 } : head;
    case 'TotalsLearned':
      return { ...head, heldUntil: Math.min(fact.totals.expiresAt, head.heldUntil ?? Infinity) };
    case 'VerdictGiven':
      return { ...head, sequence: fact.verdict.sequence };
    case 'EventRefused':
    case 'ReturnOpened':
      return head;
  }
}

function accepted(head: OrderHead, { event, eventId }: EventAccepted): OrderHead {
  switch (event) {
    case 'OrderPlaced':
      return { ...head, placedBy: eventId };
    case 'OrderPaid':
      return { ...head, paidBy: eventId, paidAhead: !head.reserved };
    case 'OrderCancelled':
      return { ...head, cancelledBy: eventId };
    case 'OrderReturned':
      return { ...head, returns: head.returns + 1 };
  }
}

function evolveLists(order: Order, fact: OrderFact): void {
  switch (fact.kind) {
    case 'EventAccepted':
      order.accepted.push(noted(fact));
      return;
    case 'EventRefused':
      order.refused.push(noted(fact));
      if (order.refused.length > REFUSED_EVENTS_MAX) order.refused.shift();
      return;
    case 'OrderOpened':
      order.lines = fact.lines.map(openedLine);
      return;
    case 'StockAsked':
    case 'StockAnswered': {
      const line = order.lines[fact.line];
      if (fact.step < FIRST_RETURN_STEP && line) order.lines[fact.line] = evolveLine(line, fact);
      if (fact.kind === 'StockAnswered' && fact.step >= FIRST_RETURN_STEP)
        evolveReturn(order, fact);
      return;
    }
    case 'TotalsLearned': {
      const line = order.lines[fact.line];
      if (line) order.lines[fact.line] = informedLine(line, fact.totals);
      return;
    }
    case 'ReturnOpened':
      order.returns.push(openedReturn(fact));
      return;
    case 'VerdictGiven': {
      const { kind, answers } = fact.verdict;
      if (kind !== 'OrderStockReturned') return;
      order.returns = order.returns.filter(({ eventId }) => eventId !== answers);
      return;
    }
    case 'PhaseChanged':
    case 'DeadlineMoved':
    case 'ReleaseBegun':
  }
}

function noted({ eventId, digest }: NotedEvent): NotedEvent {
  return { eventId, digest };
}

function openedReturn({ eventId, number, lines }: ReturnOpened) {
  const waiting = lines.filter((line) => line.waiting).length;
  return { eventId, number, waiting, lines: [...lines] };
}

function evolveReturn(order: Order, { step, line: index, quantity, reason }: StockAnswered): void {
  const position = order.returns.findIndex(({ number }) => number === step - FIRST_RETURN_STEP);
  const opened = order.returns[position];
  const line = opened?.lines[index];
  if (!opened || !line) return;
  opened.lines[index] = { ...line, waiting: false, returned: quantity, reason };
  order.returns[position] = { ...opened, waiting: opened.waiting - 1 };
}
