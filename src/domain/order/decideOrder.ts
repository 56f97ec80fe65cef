import { NAME_LENGTH_MAX, isId } from '../limits.ts';
import { decideCancelled, refusesCancelled } from './decideCancelled.ts';
import { decidePaid, refusesPaid } from './decidePaid.ts';
import { decidePlaced, refusesPlaced } from './decidePlaced.ts';
import { decideReply } from './decideReply.ts';
import { decideReturned, refusesReturned } from './decideReturned.ts';
import { OrderDraft } from './orderDraft.ts';
import { orderEventDigest } from './orderEventDigest.ts';
import type { DeadlinesDue, OrderEvent, UpstreamEvent } from './orderEvents.ts';
import type { OrderFact } from './orderFacts.ts';
import { DEADLINE_LINES_MAX } from './orderLimits.ts';
import type { OrderRefusal } from './orderRefusals.ts';
import type { Order, OrderState } from './orderState.ts';
import { isOverdue, unplacedOrder } from './orderState.ts';
import { expire } from './orderSteps.ts';

/**
 * What an event means in a state, at a log time (ms since 1970): what it changes, and the commands
 * and verdicts that it sends, in this order. None for an upstream event that was decided before, a
 * reply that is not waited for, or a tick that finds nothing due. It reads no clock and changes
 * nothing. `cause` is the event's log position (`topicId:partition:offset`, at most 55 characters
 * of an id): no two events share one.
 *
 * Each upstream event gets exactly one verdict that names it in `answers`: a refusal at once, else
 * the end of the step that it began. Beside them there is only OrderStockExpired. (An id that is
 * used again for something else names two events, so two verdicts; the second is EVENT_ID_REUSED.)
 */
export function decideOrder(
  event: OrderEvent,
  state: OrderState,
  now: number,
  cause: string,
): OrderFact[] {
  if (event.kind === 'DeadlinesDue') return expireDue(event, state, now);
  if (event.kind === 'StockReply') {
    const order = state.orders.get(event.orderId);
    return order ? decideReply(event, order, state.policy, now) : [];
  }
  return decideUpstream(event, state, now, cause);
}

function decideUpstream(
  event: UpstreamEvent,
  state: OrderState,
  now: number,
  cause: string,
): OrderFact[] {
  if (!isId(event.eventId)) return [refuseNameless(event, 'EVENT_ID_INVALID', now)];
  if (!isId(event.orderId)) return [refuseNameless(event, 'ORDER_ID_INVALID', now)];
  const order = state.orders.get(event.orderId) ?? unplacedOrder(event.orderId);
  const { eventId } = event;
  const digest = orderEventDigest(event);
  const before = [...order.accepted, ...order.refused].filter((noted) => noted.eventId === eventId);
  if (before.some((noted) => noted.digest === digest)) return [];

  const draft = new OrderDraft(order, state.policy, now);
  if (isOverdue(draft.head, now)) expire(draft);
  const refusal = before.length > 0 ? 'EVENT_ID_REUSED' : refusalOf(event, draft, order);
  if (refusal !== null) {
    draft.state({ kind: 'EventRefused', eventId, digest });
    draft.answer(eventId, { kind: 'OrderEventRefused', event: event.kind, reason: refusal });
    return draft.facts;
  }

  draft.state({ kind: 'EventAccepted', event: event.kind, eventId, digest });
  accept(event, draft, cause);
  return draft.facts;
}

function refusalOf(event: UpstreamEvent, { head }: OrderDraft, order: Order): OrderRefusal | null {
  switch (event.kind) {
    case 'OrderPlaced':
      return refusesPlaced(head);
    case 'OrderPaid':
      return refusesPaid(head);
    case 'OrderCancelled':
      return refusesCancelled(event, head);
    case 'OrderReturned':
      return refusesReturned(event, head, order);
  }
}

function accept(event: UpstreamEvent, draft: OrderDraft, cause: string): void {
  switch (event.kind) {
    case 'OrderPlaced':
      decidePlaced(event, draft, cause);
      return;
    case 'OrderPaid':
      decidePaid(draft);
      return;
    case 'OrderCancelled':
      decideCancelled(event, draft);
      return;
    case 'OrderReturned':
      decideReturned(event, draft);
  }
}

/** Gives up orders that are due, in the order in which the state lists them. */
function expireDue({ limit }: DeadlinesDue, state: OrderState, now: number): OrderFact[] {
  const facts: OrderFact[] = [];
  let released = 0;
  for (const orderId of new Set(state.due)) {
    const order = state.orders.get(orderId);
    if (!order || !isOverdue(order.head, now)) continue;
    if (released > 0 && released + order.lines.length > Math.min(limit, DEADLINE_LINES_MAX)) break;
    const draft = new OrderDraft(order, state.policy, now);
    expire(draft);
    facts.push(...draft.facts);
    released += order.lines.length;
  }
  return facts;
}

/** A refusal that belongs to no order: an id in it is none. Ids are cut to their maximum. */
function refuseNameless(event: UpstreamEvent, reason: OrderRefusal, now: number): OrderFact {
  const orderId = event.orderId.slice(0, NAME_LENGTH_MAX);
  const answers = event.eventId.slice(0, NAME_LENGTH_MAX);
  const head = { orderId, sequence: 0, answers, time: now };
  const body = { kind: 'OrderEventRefused', event: event.kind, reason } as const;
  return { orderId, kind: 'VerdictGiven', verdict: { ...head, ...body } };
}
