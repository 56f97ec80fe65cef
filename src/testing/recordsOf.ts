import type { StockCommand } from '../domain/commands.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';

/** Commands as records of one lane: at successive offsets, 1 ms apart from `time` on. */
export function recordsOf(
  commands: readonly StockCommand[],
  offset = 0,
  time = 1_700_000_000_000,
): LaneRecord[] {
  return commands.map((command, index) => ({
    offset: offset + index,
    timestamp: time + index,
    key: null,
    value: encodeStockCommand(command),
    headers: {},
  }));
}
