import type { Settings } from '../config/settings.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { readHeldLevels } from './heldLevels.ts';
import { affirmedMsMax, inStep, parseNote, readNotes } from './laneNote.ts';
import type { ViewClient } from './viewClient.ts';
import type { ItemName } from './viewKeys.ts';

/** A stock item, and the read token of whoever asks: no older level than this sequence will do. */
export interface WantedLevel extends ItemName {
  atLeast?: number;
}

/** What the view knows of a stock item. */
export type ViewedLevel = (
  | { found: 'level'; level: PublishedStockLevel }
  /** There is a level, but an older one than was asked for. */
  | { found: 'behind'; sequence: number }
  | { found: 'nothing' }
) & {
  /** Whether the view is known to hold all that was published. If not, this may be an old state. */
  isCurrent: boolean;
  /** How long ago that was last affirmed, in ms; Infinity when it never was. */
  ageMs: number;
};

/**
 * What Redis knows of these stock items, in their order. Numbers that follow from another log than
 * the lane's are none. Throws what Redis or the connection to it throws.
 */
export async function viewLevels(
  client: ViewClient,
  settings: Settings,
  wanted: readonly WantedLevel[],
): Promise<ViewedLevel[]> {
  const laneOf = ({ sku }: ItemName) => partitionOf(sku, settings.ONHAND_PARTITIONS);
  const lanes = [...new Set(wanted.map(laneOf))];
  // The notes come first: what they affirm is in the levels that are read after them.
  const [notes, levels] = await Promise.all([
    readNotes(client, settings, lanes),
    readHeldLevels(client, settings, wanted),
  ]);
  const noteOf = new Map(lanes.map((lane, index) => [lane, notes[index]]));
  return wanted.map((item, index) => {
    const { text, ageMs = Infinity } = noteOf.get(laneOf(item)) ?? {};
    const note = parseNote(text);
    const known = { isCurrent: note?.state === inStep && ageMs <= affirmedMsMax, ageMs };
    const held = levels[index];
    if (!held || held.log !== note?.log) return { found: 'nothing', ...known };
    const { level } = held;
    if (level.sequence >= (item.atLeast ?? 0)) return { found: 'level', level, ...known };
    return { found: 'behind', sequence: level.sequence, ...known };
  });
}
