import type { Entry } from './decodeSlice.ts';
import { recordBytes } from './laneRecord.ts';

/** Limits of one transaction. */
export interface SliceLimits {
  commandsMax: number;
  bytesMax: number;
}

/**
 * How many of the waiting entries make up the next slice: at least one, at most what the limits
 * allow. A tick is a slice by itself, because what is due in the whole lane depends on the state
 * exactly before it.
 */
export function cutSlice(entries: readonly Entry[], limits: SliceLimits): number {
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

function isTick(entry: Entry): boolean {
  return 'command' in entry && entry.command.kind === 'ExpireDue';
}
