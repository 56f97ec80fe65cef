import type { StockEvent } from '../domain/events.ts';
import { levelAfter } from '../domain/stockLevel.ts';
import { isRemembered } from '../domain/evolve.ts';
import type { RecordHeaders } from '../messaging/recordHeaders.ts';
import { encodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId } from '../storage/progress.ts';
import type { LaneRecord } from './laneRecord.ts';

/**
 * The rows by which the events that a log position caused are published, numbered from `sequence`
 * on.
 */
export function eventRows(
  events: readonly StockEvent[],
  offset: number,
  { lane, topicId }: LaneId,
  sequence: number,
): OutboxRow[] {
  return events.map((event, index) => {
    const cause = { topicId, partition: lane, offset, index };
    return {
      sequence: sequence + index,
      kind: 'event',
      commandId: isRemembered(event) ? event.commandId : null,
      time: event.time,
      key: event.sku,
      headers: null,
      value: encodeStockEvent(event, cause),
      level: event.sequence > 0 ? levelAfter(event) : null,
    };
  });
}

/** A message can quote a SKU of any length. */
const messageLengthMax = 300;

/** The row by which a record that cannot be decoded goes to the dead-letter topic, as received. */
export function deadLetterRow(
  record: LaneRecord,
  failure: { failure: string; message: string },
  { lane, topicId }: LaneId,
  time: number,
  sequence: number,
): OutboxRow {
  const reason = {
    'onhand-reason': failure.failure,
    'onhand-message': failure.message.slice(0, messageLengthMax),
    'onhand-topic-id': topicId,
    'onhand-partition': String(lane),
    'onhand-offset': String(record.offset),
    'onhand-time': new Date(record.timestamp).toISOString(),
  };
  const headers: RecordHeaders = { ...record.headers };
  for (const [name, text] of Object.entries(reason)) headers[name] = Buffer.from(text);
  const { key, value } = record;
  return {
    sequence,
    kind: 'dead-letter',
    commandId: null,
    time,
    key,
    headers,
    value,
    level: null,
  };
}
