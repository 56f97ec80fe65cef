import { clippedNames, malformedLine, sumPerItem } from './askedLines.ts';
import { RESERVE_STEP } from './orderCommandId.ts';
import type { OrderDraft } from './orderDraft.ts';
import type { AskedLine, OrderPlaced } from './orderEvents.ts';
import { ORDER_LINES_MAX } from './orderLimits.ts';
import { holdSeconds } from './paymentClock.ts';
import type { OrderRejection, RefusalOf } from './orderRefusals.ts';
import type { OrderHead } from './orderState.ts';
import type { ReservedLine } from './orderVerdicts.ts';
import { rejectedLine } from './verdictLines.ts';

export function refusesPlaced({ placedBy }: OrderHead): RefusalOf<'OrderPlaced'> {
  return placedBy === null ? null : 'ALREADY_PLACED';
}

/**
 * A new order: one reserve per stock item. Malformed orders are rejected at once, with a reason on
 * each line that makes no sense; so are orders whose cancellation came first.
 */
export function decidePlaced(event: OrderPlaced, draft: OrderDraft, cause: string): void {
  if (event.lines.length === 0) return reject(draft, 'LINES_MISSING', []);
  if (event.lines.length > ORDER_LINES_MAX) return reject(draft, 'TOO_MANY_LINES', []);
  const summed = sumPerItem(event.lines);
  for (const lines of [event.lines, summed]) {
    if (lines.some(malformedLine)) return reject(draft, 'LINES_INVALID', lines.map(judgedLine));
  }
  const lifeMs = lifeOf(event, draft);
  if (lifeMs === null) return reject(draft, 'EXPIRY_INVALID', summed.map(judgedLine));

  const isCancelled = draft.head.phase === 'cancelled';
  const { mode } = event;
  const expiresAt = draft.now + lifeMs;
  draft.state({ kind: 'OrderOpened', cause, mode, expiresAt, lifeMs, lines: summed });
  if (isCancelled) return reject(draft, 'ORDER_CANCELLED', draft.lines().map(rejectedLine));
  draft.state({ kind: 'PhaseChanged', phase: 'reserving' });
  askReserves(draft, lifeMs);
}

function askReserves(draft: OrderDraft, lifeMs: number): void {
  const { head } = draft;
  const held = {
    expiresAt: null,
    ttlSeconds: holdSeconds(lifeMs, draft.policy),
    minimum: head.mode === 'all' ? null : 1,
  };
  for (const [index, line] of draft.lines().entries()) {
    const { requested: quantity } = line;
    draft.ask(line, index, RESERVE_STEP, { kind: 'ReserveStock', quantity, ...held });
  }
}

/** An order that was cancelled first stays cancelled. */
function reject(draft: OrderDraft, reason: OrderRejection, lines: ReservedLine[]): void {
  if (draft.head.phase === 'unplaced') draft.state({ kind: 'PhaseChanged', phase: 'rejected' });
  draft.answer(draft.head.placedBy, { kind: 'OrderStockRejected', reason, paid: false, lines });
}

function judgedLine(line: AskedLine): ReservedLine {
  const { quantity: requested } = line;
  const reason = malformedLine(line);
  return { ...clippedNames(line), requested, granted: 0, confirmed: 0, reason, shortage: null };
}

/** The time to pay that an order asks for, in ms; null when it is none. */
function lifeOf({ expiresAt, ttlSeconds }: OrderPlaced, draft: OrderDraft): number | null {
  const { now, policy } = draft;
  if (expiresAt !== null && ttlSeconds !== null) return null;
  const lifeMs =
    expiresAt !== null ? expiresAt - now : (ttlSeconds ?? policy.paymentTtlMs / 1000) * 1000;
  return lifeMs > 0 && lifeMs <= policy.paymentTtlMsMax ? lifeMs : null;
}
