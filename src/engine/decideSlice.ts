import type { StockEvent } from '../domain/events.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import type { Entry } from './decodeSlice.ts';
import { deadLetterRow, eventRows, replyRow } from './outboxRows.ts';
import type { Parking } from './parking.ts';

/** What was decided, and the rows that say so, numbered on from the lane's last. */
export interface Decided {
  events: StockEvent[];
  rows: OutboxRow[];
}

/** Step 3 of a slice: decides entries in log order, each on the state that the ones before left. */
export function decideSlice(
  parking: Parking,
  entries: readonly Entry[],
  from: Pick<Progress, 'lane' | 'topicId' | 'engine' | 'partitionCount' | 'outboxSequence'>,
): Decided {
  const events: StockEvent[] = [];
  const rows: OutboxRow[] = [];
  const next = () => from.outboxSequence + rows.length + 1;
  for (const entry of entries) {
    const failure = 'failure' in entry ? entry.failure : parking.homelessFailure(entry);
    if (failure) rows.push(deadLetterRow(entry.record, failure, from, entry.time, next()));
    if (failure || 'failure' in entry) continue;
    for (const caused of parking.decide(entry)) {
      for (const event of caused.events) events.push(event);
      for (const row of eventRows(caused.events, caused.offset, from, next())) rows.push(row);
      if (caused.reply) rows.push(replyRow(caused.reply, entry.time, next()));
    }
  }
  return { events, rows };
}
