import type { StockEvent } from '../domain/events.ts';
import type { RejectionReason } from '../domain/rejections.ts';

/** What an answer to a command comes down to, whoever gave it; null where a field says nothing. */
export interface Answer {
  kind: StockEvent['kind'];
  reason: RejectionReason | null;
  shortage: number | null;
  /** Units that were granted, moved or corrected. */
  units: number | null;
  late: boolean;
}

/** A reason, whether it applies, and how many units are missing. */
export type Rule = [applies: boolean, reason: RejectionReason, shortage?: number | null];

/** The refusal for the first reason that applies, or null. */
export function judge(...rules: Rule[]): Answer | null {
  const rule = rules.find(([applies]) => applies);
  if (!rule) return null;
  const [, reason, shortage = null] = rule;
  return { kind: 'CommandRejected', reason, shortage, units: null, late: false };
}

export function granted(kind: Answer['kind'], units: number | null, late = false): Answer {
  return { kind, reason: null, shortage: null, units, late };
}

/** The answer in an outcome event. */
export function answerOf(event: StockEvent): Answer {
  if (event.kind === 'CommandRejected') {
    return judge([true, event.reason, event.shortage])!;
  }
  const late = 'late' in event && event.late;
  if ('granted' in event) return granted(event.kind, event.granted, late);
  if ('quantity' in event) return granted(event.kind, event.quantity, late);
  return granted(event.kind, 'delta' in event ? event.delta : null, late);
}
