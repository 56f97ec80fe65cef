import type { StockCommand } from '../domain/commands.ts';
import { type UnreadableBatch, unreadableText } from '../messaging/batches/unreadableBatch.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { invariant } from '../ops/errors.ts';
import { timeText } from '../ops/timeText.ts';
import type { LaneId } from '../storage/progress.ts';
import type { LaneRecord } from './laneRecord.ts';
import type { LogEntry } from './laneWork.ts';

/** A record, and either the command in it or why there is none. */
export type Entry = (LogEntry & { command: StockCommand }) | UndecodedEntry;

/** A record with no message of ours in it. */
export type UndecodedEntry = LogEntry & { failure: DecodeError };

/** Step 1 of a slice of the stock engine: decodes records in log order. */
export function decodeSlice(
  records: readonly LaneRecord[],
  lane: LaneId,
  previousLogTime: number,
): Entry[] {
  return decodeEntries(records, previousLogTime, ({ value }) => {
    const command = decodeStockCommand(value);
    requireHome(command, lane);
    return { command };
  });
}

/**
 * Decodes records in log order; those whose decoding throws DecodeError stay with their failure.
 * Log time is the append time made monotonic within the lane: a broker whose clock was set back
 * does not turn time back. What the broker has not dated cannot be decided: a sender's time could
 * be any, and that of another record may be days old. As a dead letter it can be sent again.
 */
export function decodeEntries<Message extends object>(
  records: readonly LaneRecord[],
  previousLogTime: number,
  decode: (record: LaneRecord) => Message,
): ((LogEntry & Message) | UndecodedEntry)[] {
  let time = previousLogTime;
  return records.map((record) => {
    if (record.undated) return { record, time, failure: undated(record) };
    time = Math.max(time, record.timestamp);
    try {
      if (record.unreadable) throw batchFailure(record.unreadable);
      return { record, time, ...decode(record) };
    } catch (error) {
      if (error instanceof DecodeError) return { record, time, failure: error };
      throw error;
    }
  });
}

function undated({ timestamp }: LaneRecord): DecodeError {
  return new DecodeError(
    'UNDATED',
    'the broker did not stamp the record with its append time; its sender says ' +
      timeText(timestamp),
  );
}

function batchFailure(batch: UnreadableBatch): DecodeError {
  // The bytes of a damaged one may come right: readers wait for that, or give up.
  invariant(batch.fault !== 'BATCH_DAMAGED', unreadableText(batch));
  return new DecodeError(batch.fault, unreadableText(batch));
}

/** A SKU that was sent to another partition than its own would get a second writer. */
function requireHome(command: StockCommand, { lane, partitionCount }: LaneId): void {
  if (command.kind === 'ExpireDue') return;
  const home = partitionOf(command.sku, partitionCount);
  if (home === lane) return;
  throw new DecodeError(
    'WRONG_PARTITION',
    `SKU ${JSON.stringify(command.sku)} belongs to partition ${home}, the record is in ${lane}: ` +
      'commands must be keyed by SKU and placed by murmur2',
  );
}
