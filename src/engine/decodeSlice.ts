import type { StockCommand } from '../domain/commands.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import type { LaneId } from '../storage/progress.ts';
import type { LaneRecord } from './laneRecord.ts';

/** A record with its log time, and either the command in it or why there is none. */
export type Entry =
  | { record: LaneRecord; time: number; command: StockCommand }
  | { record: LaneRecord; time: number; failure: DecodeError };

/**
 * Step 1 of a slice: decodes records in log order. Log time is the append time made monotonic
 * within the lane: a broker whose clock was set back does not turn time back.
 */
export function decodeSlice(
  records: readonly LaneRecord[],
  lane: LaneId,
  previousLogTime: number,
): Entry[] {
  let time = previousLogTime;
  return records.map((record) => {
    time = Math.max(time, record.timestamp);
    try {
      const command = decodeStockCommand(record.value);
      requireHome(command, lane);
      return { record, time, command };
    } catch (error) {
      if (error instanceof DecodeError) return { record, time, failure: error };
      throw error;
    }
  });
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
