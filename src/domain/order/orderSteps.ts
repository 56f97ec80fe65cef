import { SETTLE_STEP } from './orderCommandId.ts';
import type { OrderDraft } from './orderDraft.ts';
import { isHeld } from './orderLine.ts';
import type { OrderEnding, RefundReason } from './orderRefusals.ts';
import type { OrderPhase } from './orderState.ts';
import { openPayment } from './paymentClock.ts';
import { paidLine, rejectedLine, releasedLines, reservedLine } from './verdictLines.ts';

/**
 * The order's way, one step at a time: reserving → reserved → confirming → confirmed, or →
 * releasing → rejected, cancelled or expired. A step is over when no line waits for a reply. Only
 * then its verdict is given: no half of an order is ever stated as final.
 */
export function finishStep(draft: OrderDraft): void {
  if (draft.head.waiting > 0) return;
  if (draft.head.phase === 'reserving') finishReserving(draft);
  else if (draft.head.phase === 'confirming') finishConfirming(draft);
  else if (draft.head.phase === 'releasing') finishReleasing(draft);
}

/** Gives the order up: what is held goes back now, what is still granted will follow. */
export function beginRelease(draft: OrderDraft, ending: OrderEnding, reason: string): void {
  draft.state({ kind: 'ReleaseBegun', ending, reason });
  askHeld(draft, { kind: 'ReleaseReservation', quantity: null, reason });
  finishStep(draft);
}

/** Releases a line that was granted after the order had been given up. */
export function releaseLine(draft: OrderDraft, index: number): void {
  const line = draft.line(index);
  if (!line || !isHeld(line)) return;
  const { releaseReason: reason } = draft.head;
  draft.ask(line, index, SETTLE_STEP, { kind: 'ReleaseReservation', quantity: null, reason });
}

/** The payment deadline has passed unpaid: stated before anything else that is decided then. */
export function expire(draft: OrderDraft): void {
  beginRelease(draft, 'PAYMENT_OVERDUE', 'payment overdue');
}

/** Lines were refused, and the order can no longer be had as it was wanted. */
export function rejectRefused(draft: OrderDraft): void {
  beginRelease(draft, 'LINES_REFUSED', 'order rejected');
}

/** Paid and held: every held line is to be sold. */
export function beginConfirm(draft: OrderDraft): void {
  draft.state({ kind: 'PhaseChanged', phase: 'confirming' });
  askHeld(draft, { kind: 'ConfirmReservation', quantity: null });
}

function askHeld(draft: OrderDraft, body: Parameters<OrderDraft['ask']>[3]): void {
  for (const [index, line] of draft.lines().entries()) {
    if (isHeld(line)) draft.ask(line, index, SETTLE_STEP, body);
  }
}

/** All lines are answered and none made the order fail. */
function finishReserving(draft: OrderDraft): void {
  const lines = draft.lines();
  if (lines.every(({ granted }) => granted === 0)) {
    rejectRefused(draft);
    return;
  }
  if (!openPayment(draft)) {
    beginRelease(draft, 'RESERVED_TOO_LATE', 'reserved too late');
    return;
  }
  const isWhole = lines.every(({ granted, requested }) => granted === requested);
  draft.state({ kind: 'PhaseChanged', phase: 'reserved' });
  draft.answer(draft.head.placedBy, {
    kind: isWhole ? 'OrderStockReserved' : 'OrderStockPartiallyReserved',
    expiresAt: draft.head.expiresAt,
    lines: lines.map(reservedLine),
  });
  if (draft.head.paidBy !== null) beginConfirm(draft);
}

function finishConfirming(draft: OrderDraft): void {
  draft.state({ kind: 'PhaseChanged', phase: 'confirmed' });
  answerPayment(draft);
}

/** Nothing is held any more: everyone who waits for an answer gets it. */
function finishReleasing(draft: OrderDraft): void {
  const { reserved, placedBy, cancelledBy, paidBy, ending, expiresAt } = draft.head;
  const lines = draft.lines();
  const uncancelled = ending === 'PAYMENT_OVERDUE' ? 'expired' : 'rejected';
  const phase = cancelledBy === null ? uncancelled : 'cancelled';
  draft.state({ kind: 'PhaseChanged', phase });
  if (!reserved && ending !== null) {
    draft.answer(placedBy, {
      kind: 'OrderStockRejected',
      reason: ending,
      paid: paidBy !== null && ending === 'LINES_REFUSED',
      lines: lines.map(rejectedLine),
    });
  }
  if (cancelledBy !== null) {
    draft.answer(cancelledBy, { kind: 'OrderStockReleased', lines: releasedLines(lines) });
  } else if (reserved) {
    draft.answer(null, { kind: 'OrderStockExpired', expiresAt, lines: releasedLines(lines) });
  }
  if (paidBy !== null) answerPayment(draft);
}

/** Why an order that was given up did not buy what was paid for. */
const refundReasons: Partial<Record<OrderPhase, RefundReason>> = {
  rejected: 'ORDER_REJECTED',
  cancelled: 'ORDER_CANCELLED',
  expired: 'PAYMENT_OVERDUE',
};

/** What the payment has bought; what it has not is to be repaid. */
export function answerPayment(draft: OrderDraft): void {
  const { paidBy, phase } = draft.head;
  const lines = draft.lines().map((line) => paidLine(line, draft.head));
  if (lines.length > 0 && lines.every(({ refund }) => refund === 0)) {
    draft.answer(paidBy, { kind: 'OrderStockConfirmed', lines });
    return;
  }
  const reason = refundReasons[phase] ?? 'UNITS_MISSING';
  draft.answer(paidBy, { kind: 'OrderRefundRequired', reason, lines });
}
