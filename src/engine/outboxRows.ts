import type { StockEvent } from '../domain/events.ts';
import { levelAfter } from '../domain/stockLevel.ts';
import { isRemembered } from '../domain/evolve.ts';
import type { StockReply } from '../domain/order/orderEvents.ts';
import type { OrderFact } from '../domain/order/orderFacts.ts';
import { encodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { encodeOrderStockEvent } from '../messaging/orderStockEventCodec.ts';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { encodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId } from '../storage/progress.ts';
import type { LogEntry } from './laneWork.ts';

/**
 * The rows by which the events that a log position caused are published, numbered from `sequence`
 * on. `headers` go with the one that is a command's first outcome.
 */
export function eventRows(
  events: readonly StockEvent[],
  offset: number,
  { lane, topicId }: LaneId,
  sequence: number,
  headers: RecordHeaders | null = null,
): OutboxRow[] {
  return events.map((event, index) => {
    const cause = { topicId, partition: lane, offset, index };
    const isFirstOutcome = isRemembered(event);
    return {
      sequence: sequence + index,
      kind: 'event',
      commandId: isFirstOutcome ? event.commandId : null,
      time: event.time,
      key: event.sku,
      headers: isFirstOutcome ? headers : null,
      value: encodeStockEvent(event, cause),
      level: event.sequence > 0 ? levelAfter(event) : null,
    };
  });
}

/** The row by which a command's outcome is told to the order that it names. */
export function replyRow(reply: StockReply, time: number, sequence: number): OutboxRow {
  return {
    ...plainRow,
    sequence,
    kind: 'reply',
    time,
    key: reply.orderId,
    value: encodeOrderEvent(reply),
  };
}

/** The rows by which what an order event caused is sent and published, numbered on. */
export function orderRows(
  facts: readonly OrderFact[],
  { lane, topicId }: LaneId,
  { record, time }: LogEntry,
  sequence: number,
): OutboxRow[] {
  const rows: OutboxRow[] = [];
  let verdicts = 0;
  for (const fact of facts) {
    const shared = { ...plainRow, sequence: sequence + rows.length, time };
    if (fact.kind === 'StockAsked') {
      const value = encodeStockCommand({ ...fact.command, reply: true });
      rows.push({ ...shared, kind: 'command', key: fact.command.sku, value });
    } else if (fact.kind === 'VerdictGiven') {
      const cause = { topicId, partition: lane, offset: record.offset, index: verdicts++ };
      const value = encodeOrderStockEvent(fact.verdict, cause);
      rows.push({ ...shared, kind: 'verdict', key: fact.orderId, value });
    }
  }
  return rows;
}

/** What most rows leave out. */
const plainRow = { commandId: null, headers: null, level: null };
