import type { OrderFact } from '../domain/order/orderFacts.ts';
import type { SliceMeasures } from './laneWork.ts';
import type { OrderEntry } from './orderEntry.ts';

/**
 * What became of the order events of a slice: how many verdicts of which kind, refusals by their
 * reason. The rest is `Noted`: replies before the last one, repeats, events that begin a step.
 */
export function orderOutcomes(
  entries: readonly OrderEntry[],
  facts: readonly OrderFact[],
): Pick<SliceMeasures, 'outcomes' | 'expired'> {
  const outcomes = new Map<string, number>();
  let expired = 0;
  let answered = 0;
  for (const fact of facts) {
    if (fact.kind !== 'VerdictGiven') continue;
    const { verdict } = fact;
    if (verdict.kind === 'OrderStockExpired') {
      expired++;
      continue;
    }
    answered++;
    const outcome = verdict.kind === 'OrderEventRefused' ? verdict.reason : verdict.kind;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const events = entries.filter((entry) => 'event' in entry && entry.event.kind !== 'DeadlinesDue');
  if (events.length > answered) outcomes.set('Noted', events.length - answered);
  return { outcomes, expired };
}
