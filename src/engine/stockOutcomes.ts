import type { StockEvent } from '../domain/events.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Entry } from './decodeSlice.ts';
import type { SliceMeasures } from './laneWork.ts';

/**
 * What became of the commands of a slice: how many got which event, were refused for which reason,
 * or got an earlier answer again (`Repeated`). `parked`: those that it parked, less those that it
 * took up again.
 */
export function stockOutcomes(
  entries: readonly Entry[],
  events: readonly StockEvent[],
  rows: readonly OutboxRow[],
  parked: number,
): Pick<SliceMeasures, 'outcomes' | 'expired'> {
  const outcomes = new Map<string, number>();
  let expired = 0;
  for (const event of events) {
    if (event.kind === 'ReservationExpired') expired++;
    else {
      const outcome = event.kind === 'CommandRejected' ? event.reason : event.kind;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  }
  const answered = events.length - expired;
  const deadLetters = rows.filter(({ kind }) => kind === 'dead-letter').length;
  const undecodable = entries.filter((entry) => 'failure' in entry).length;
  const commands = entries.filter(isCommand).length;
  const repeated = commands - (deadLetters - undecodable) - parked - answered;
  if (repeated > 0) outcomes.set('Repeated', repeated);
  return { outcomes, expired };
}

/** A tick is not asked by anybody, and has no outcome of its own. */
function isCommand(entry: Entry): boolean {
  return 'command' in entry && entry.command.kind !== 'ExpireDue';
}
