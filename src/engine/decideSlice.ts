import type { StockEvent } from '../domain/events.ts';
import { asksForMailbox, mailboxHeaders } from '../messaging/mailboxHeader.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import type { Entry } from './decodeSlice.ts';
import { deadLetterRow } from './deadLetterRow.ts';
import { eventRows, replyRow } from './outboxRows.ts';
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
  for (const entry of entries) {
    for (const event of decideEntry(parking, entry, from, rows)) events.push(event);
  }
  return { events, rows };
}

/**
 * Decides one entry, adds its rows to those of the entries before it since `from`, and returns its
 * events. Throws HandlerError when a decision throws; then no row is added.
 */
export function decideEntry(
  parking: Parking,
  entry: Entry,
  from: Pick<Progress, 'lane' | 'topicId' | 'engine' | 'partitionCount' | 'outboxSequence'>,
  rows: OutboxRow[],
): StockEvent[] {
  const next = () => from.outboxSequence + rows.length + 1;
  const failure = 'failure' in entry ? entry.failure : parking.homelessFailure(entry);
  if (failure) rows.push(deadLetterRow(entry.record, failure, from, entry.time, next()));
  if (failure || 'failure' in entry) return none;
  const decided = parking.decide(entry);
  const headers = asksForMailbox(entry.record) ? mailboxHeaders : null;
  for (const { events, offset, reply } of decided) {
    for (const row of eventRows(events, offset, from, next(), headers)) rows.push(row);
    if (reply) rows.push(replyRow(reply, entry.time, next()));
  }
  return decided.length === 1 ? decided[0]!.events : decided.flatMap(({ events }) => events);
}

const none: StockEvent[] = [];
