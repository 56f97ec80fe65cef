import { decide } from '../domain/decide.ts';
import type { StockEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { StockState } from '../domain/stockState.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import type { Entry } from './decodeSlice.ts';
import { deadLetterRow, eventRows } from './outboxRows.ts';

/** What was decided, and the rows that say so, numbered on from the lane's last. */
export interface Decided {
  events: StockEvent[];
  rows: OutboxRow[];
}

/** Step 3 of a slice: decides entries in log order, each on the state that the ones before left. */
export function decideSlice(
  state: StockState,
  entries: readonly Entry[],
  from: Pick<Progress, 'lane' | 'topicId' | 'engine' | 'partitionCount' | 'outboxSequence'>,
): Decided {
  const events: StockEvent[] = [];
  const rows: OutboxRow[] = [];
  for (const entry of entries) {
    const sequence = from.outboxSequence + rows.length + 1;
    if ('failure' in entry) {
      rows.push(deadLetterRow(entry.record, entry.failure, from, entry.time, sequence));
      continue;
    }
    const decided = decide(entry.command, state, entry.time);
    for (const event of decided) {
      evolve(state, event);
      events.push(event);
    }
    rows.push(...eventRows(decided, entry.record, from, sequence));
  }
  return { events, rows };
}
