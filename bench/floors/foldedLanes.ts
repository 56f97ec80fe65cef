import { decideSlice } from '../../src/engine/decideSlice.ts';
import type { Entry } from '../../src/engine/decodeSlice.ts';
import { Parking } from '../../src/engine/parking.ts';
import { policyOf } from '../../src/engine/policyOf.ts';
import { type StockChanges, stockChanges } from '../../src/engine/stockChanges.ts';
import { emptyState } from '../../src/domain/stockState.ts';
import { partitionOf } from '../../src/messaging/partitionOf.ts';
import type { OutboxRow } from '../../src/storage/outbox.ts';
import type { LaneId } from '../../src/storage/progress.ts';
import type { Settings } from '../../src/config/settings.ts';
import { commandsOf } from '../preload.ts';
import type { Workload } from '../workload.ts';

/** A slice that is decided already: the rows that onhand would write. */
export interface FoldedSlice {
  rows: OutboxRow[];
  changes: StockChanges;
}

/** What one lane would write, slice by slice. */
export interface FoldedLane {
  id: LaneId;
  slices: FoldedSlice[];
}

/**
 * Decides a whole workload in memory, in full slices. What it returns is the work that is left
 * when nothing has to be read, decoded or decided: a floor for engines on these servers.
 */
export function foldedLanes(workload: Workload, settings: Settings): FoldedLane[] {
  const partitionCount = settings.ONHAND_PARTITIONS;
  const entries = Array.from({ length: partitionCount }, (): Entry[] => []);
  const time = Date.now();
  for (const command of commandsOf(workload)) {
    const lane = entries[partitionOf(command.sku, partitionCount)] ?? [];
    const record = { offset: lane.length, timestamp: time, key: null, value: null, headers: {} };
    lane.push({ record, time, command });
  }
  return entries.map((lane, number) => {
    const topicId = 'f'.repeat(22);
    const id: LaneId = { engine: 'stock', lane: number, topicId, partitionCount };
    return { id, slices: folded(lane, id, settings) };
  });
}

function folded(entries: readonly Entry[], id: LaneId, settings: Settings): FoldedSlice[] {
  const state = emptyState(policyOf(settings));
  const slices: FoldedSlice[] = [];
  const step = settings.ONHAND_SLICE_COMMANDS_MAX;
  let outboxSequence = 0;
  for (let from = 0; from < entries.length; from += step) {
    const parking = new Parking(state, new Map(), new Map());
    const slice = entries.slice(from, from + step);
    const { events, rows } = decideSlice(parking, slice, { ...id, outboxSequence });
    outboxSequence += rows.length;
    slices.push({ rows, changes: stockChanges(state, events) });
  }
  return slices;
}
