import { recordBytes } from './laneRecord.ts';
import type { LogEntry } from './laneWork.ts';
import type { SliceLimits } from './sliceLimits.ts';

/**
 * How many of the waiting entries make up the next slice: at least one, at most what the limits
 * allow. A tick is a slice by itself, because what is due in the whole lane depends on the state
 * exactly before it.
 */
export function cutSlice<Entry extends LogEntry>(
  entries: readonly Entry[],
  limits: SliceLimits,
  isTick: (entry: Entry) => boolean,
): number {
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    bytes += recordBytes(entry.record);
    if (index === 0) {
      if (isTick(entry)) return 1;
      continue;
    }
    if (isTick(entry) || index >= limits.commandsMax || bytes > limits.bytesMax) return index;
  }
  return entries.length;
}
