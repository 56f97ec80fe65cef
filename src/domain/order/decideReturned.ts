import { itemKey } from '../stockState.ts';
import { clippedNames, malformedLine, sumPerItem } from './askedLines.ts';
import { FIRST_RETURN_STEP } from './orderCommandId.ts';
import type { OrderDraft } from './orderDraft.ts';
import type { AskedLine, OrderReturned, StockReply } from './orderEvents.ts';
import type { OrderFact } from './orderFacts.ts';
import { ORDER_LINES_MAX, RETURNS_MAX, RETURNS_OPEN_MAX } from './orderLimits.ts';
import type { LineReason, RefusalOf } from './orderRefusals.ts';
import type { Order, OrderHead, OrderLine, ReturnLine } from './orderState.ts';
import type { ReturnedLine } from './orderVerdicts.ts';

export function refusesReturned(
  { lines }: OrderReturned,
  { phase, returns }: OrderHead,
  known: Order,
): RefusalOf<'OrderReturned'> {
  if (lines.length === 0) return 'LINES_MISSING';
  if (lines.length > ORDER_LINES_MAX) return 'TOO_MANY_LINES';
  if (phase === 'unplaced') return 'ORDER_UNKNOWN';
  // Given up, and yet somebody else's command has sold units to it: they can come back.
  const isOver = phase === 'cancelled' || phase === 'expired' || phase === 'rejected';
  const isSold = isOver && known.lines.some(({ confirmed }) => confirmed > 0);
  if (phase !== 'confirmed' && !isSold) return 'NOT_CONFIRMED';
  const isFull = known.returns.length >= RETURNS_OPEN_MAX || returns >= RETURNS_MAX;
  return isFull ? 'TOO_MANY_RETURNS' : null;
}

/**
 * Sold units came back: each line is judged for itself, by the order (does it make sense, was so
 * much sold?) and then by the stock engine (is so much still out?).
 */
export function decideReturned(event: OrderReturned, draft: OrderDraft): void {
  const { eventId } = event;
  const lines = judgedLines(event.lines, draft.lines());
  const number = draft.head.returns - 1;
  draft.state({ kind: 'ReturnOpened', eventId, number, lines });
  for (const [index, line] of lines.entries()) {
    if (!line.waiting) continue;
    const { requested: quantity } = line;
    draft.ask(line, index, number + FIRST_RETURN_STEP, { kind: 'ReturnStock', quantity });
  }
  if (lines.every(({ waiting }) => !waiting)) finishReturn(draft, eventId, lines);
}

/** The answer to one line of a return; the last one brings the verdict. */
export function decideReturnReply(
  reply: StockReply,
  { line: index, step }: { line: number; step: number },
  order: Order,
  draft: OrderDraft,
): OrderFact[] {
  const opened = order.returns.find(({ number }) => number === step - FIRST_RETURN_STEP);
  const line = opened?.lines[index];
  if (!opened || !line?.waiting) return [];
  const { quantity, reason, shortage, totals } = reply;
  draft.state({ kind: 'StockAnswered', line: index, step, quantity, reason, shortage });
  draft.learn(placeOf(line, order.lines), totals);
  if (opened.waiting === 1) {
    const answered = { ...line, returned: quantity, reason };
    finishReturn(draft, opened.eventId, opened.lines.with(index, answered));
  }
  return draft.facts;
}

function finishReturn(draft: OrderDraft, eventId: string, lines: readonly ReturnLine[]): void {
  const known = new Map(draft.lines().map((line) => [keyOf(line), line.returned ?? 0]));
  const answered = lines.map((line): ReturnedLine => {
    const { sku, location, requested, returned, reason } = line;
    const returnedInAll = Math.max(returned, known.get(keyOf(line)) ?? 0);
    return { sku, location, requested, returned, returnedInAll, reason };
  });
  draft.answer(eventId, { kind: 'OrderStockReturned', lines: answered });
}

/** One line per stock item, and one for each line that makes no sense. */
function judgedLines(asked: readonly AskedLine[], lines: readonly OrderLine[]): ReturnLine[] {
  const sold = new Map(lines.map((line) => [keyOf(line), line.confirmed]));
  const summed = sumPerItem(asked.filter((line) => malformedLine(line) === null));
  const malformed = asked.filter((line) => malformedLine(line) !== null);
  return [...summed, ...malformed].map((line) => {
    const confirmed = sold.get(keyOf(line));
    const reason = malformedLine(line) ?? unsoldReason(line.quantity, confirmed);
    const { quantity: requested } = line;
    return { ...clippedNames(line), requested, returned: 0, waiting: reason === null, reason };
  });
}

function keyOf({ sku, location }: { sku: string; location: string }): string {
  return itemKey(sku, location);
}

/** Where the order's line of the same stock item is. */
function placeOf({ sku, location }: ReturnLine, lines: readonly OrderLine[]): number {
  return lines.findIndex((line) => line.sku === sku && line.location === location);
}

function unsoldReason(quantity: number, confirmed: number | undefined): LineReason | null {
  if (confirmed === undefined) return 'LINE_UNKNOWN';
  return quantity > confirmed ? 'QUANTITY_EXCEEDS_CONFIRMED' : null;
}
