import type { OrderEvent } from '../domain/order/orderEvents.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { decodeOrderEvent } from '../messaging/orderEventCodec.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { LaneId } from '../storage/progress.ts';
import { type UndecodedEntry, decodeEntries } from './decodeSlice.ts';
import type { LaneRecord } from './laneRecord.ts';
import type { LogEntry } from './laneWork.ts';

/** A record of an order lane, and either the order event in it or why there is none. */
export type OrderEntry = (LogEntry & { event: OrderEvent }) | UndecodedEntry;

/** Step 1 of a slice of the order engine: decodes records in log order. */
export function decodeOrderSlice(
  records: readonly LaneRecord[],
  lane: LaneId,
  previousLogTime: number,
): OrderEntry[] {
  return decodeEntries(records, previousLogTime, ({ value }) => {
    const event = decodeOrderEvent(value);
    requireHome(event, lane);
    return { event };
  });
}

/** An order that was sent to another partition than its own would get a second writer. */
function requireHome(event: OrderEvent, { lane, partitionCount }: LaneId): void {
  if (event.kind === 'DeadlinesDue') return;
  const home = partitionOf(event.orderId, partitionCount);
  if (home === lane) return;
  throw new DecodeError(
    'WRONG_PARTITION',
    `order ${JSON.stringify(event.orderId)} belongs to partition ${home}, the record is in ` +
      `${lane}: order events must be keyed by order id and placed by murmur2`,
  );
}
