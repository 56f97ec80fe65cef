import { decideReturnReply } from './decideReturned.ts';
import {
  FIRST_RETURN_STEP,
  RESERVE_STEP,
  SETTLE_STEP,
  parseOrderCommandId,
} from './orderCommandId.ts';
import { OrderDraft } from './orderDraft.ts';
import type { StockReply } from './orderEvents.ts';
import type { OrderFact } from './orderFacts.ts';
import type { Order, OrderLine, OrderPolicy } from './orderState.ts';
import { isOverdue } from './orderState.ts';
import { expire, finishStep, rejectRefused, releaseLine } from './orderSteps.ts';

/**
 * The stock engine has answered. The reply counts only if the order waits for it: repeats and
 * replies to other commands change nothing. What it costs does not depend on the number of lines,
 * but for the last reply of a step.
 *
 * A refused reserve grants nothing, for whatever reason: the line is not held. A refused confirm
 * has sold nothing by itself, a refused release had nothing to release; what has become of the
 * reservation's units, also by others' commands, its totals say.
 */
export function decideReply(
  reply: StockReply,
  order: Order,
  policy: OrderPolicy,
  now: number,
): OrderFact[] {
  const asked = parseOrderCommandId(order.head.cause, reply.commandId);
  if (!asked) return [];
  const { line, step } = asked;
  const draft = new OrderDraft(order, policy, now);
  if (step >= FIRST_RETURN_STEP) return decideReturnReply(reply, asked, order, draft);
  if (!order.lines[line] || stepWaitedFor(order.lines[line]) !== step) return [];

  if (isOverdue(draft.head, now)) expire(draft);
  const { quantity, reason, shortage, totals } = reply;
  draft.state({ kind: 'StockAnswered', line, step, quantity, reason, shortage });
  draft.learn(line, totals);
  const { phase, mode } = draft.head;
  if (phase === 'releasing') {
    if (step === RESERVE_STEP) releaseLine(draft, line);
  } else if (phase === 'reserving' && reason !== null && mode === 'all') {
    rejectRefused(draft);
  }
  finishStep(draft);
  return draft.facts;
}

function stepWaitedFor({ waiting }: OrderLine): number | null {
  if (waiting === null) return null;
  return waiting === 'ReserveStock' ? RESERVE_STEP : SETTLE_STEP;
}
