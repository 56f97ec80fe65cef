import type { StockEvent } from '../domain/events.ts';
import { isRemembered } from '../domain/evolve.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import { decideSlice } from './decideSlice.ts';
import type { Entry } from './decodeSlice.ts';
import type { Poison } from './handlerError.ts';
import { Parking } from './parking.ts';
import type { LaneState } from './laneState.ts';
import type { SliceResult } from './laneWork.ts';
import type { SliceTransaction } from './sliceTransaction.ts';
import { stockChanges } from './stockChanges.ts';
import { stockOutcomes } from './stockOutcomes.ts';

/**
 * Applies one slice of a stock lane's log, as `LaneWork.apply` says. Step 1, decoding, is done
 * before: the lane decodes the next slice while this one commits. Commands in `poison` are parked.
 */
export async function processSlice(
  transaction: SliceTransaction,
  laneState: LaneState,
  from: Progress,
  entries: readonly Entry[],
  nextOffset: number,
  poison: Poison,
): Promise<SliceResult> {
  const begun = performance.now();
  // 2. Load all that the slice names.
  const { state, waiting } = await laneState.load(transaction, entries);
  const rememberedBefore = new Map(state.remembered);

  // 3. Decide in memory, in log order.
  const parking = new Parking(state, waiting, poison);
  const { events, rows } = decideSlice(parking, entries, from);
  if (spanOf(entries) >= state.policy.commandMemoryMs) keepLastIds(rows);
  const changes = stockChanges(state, events);
  const progress = {
    ...from,
    nextOffset,
    outboxSequence: from.outboxSequence + rows.length,
    logTime: entries.at(-1)?.time ?? from.logTime,
  };

  // 4. Save, the compare-and-set first.
  const decided = performance.now();
  await transaction.commit({
    from,
    to: progress,
    levels: changes.levels,
    reservations: changes.reservations,
    forgotten: forgottenIds(events, rememberedBefore),
    parked: parking,
    failed: [...poison.values()],
    outbox: rows,
  });

  // 5. Hand on.
  laneState.keep(changes, events, state.parked);
  const measures = {
    ...stockOutcomes(entries, events, rows, parking.added.length - parking.removed.length),
    parkedItems: state.parked.size,
    seconds: (performance.now() - begun) / 1000,
    commitSeconds: (performance.now() - decided) / 1000,
  };
  return { progress, taken: entries.length, rows, measures };
}

/** How much log time lies between the first entry and the last, in ms. */
function spanOf(entries: readonly Entry[]): number {
  return (entries.at(-1)?.time ?? 0) - (entries[0]?.time ?? 0);
}

/** In a log that was left alone for long, an id's memory can run out within a slice. */
function keepLastIds(rows: readonly OutboxRow[]): void {
  const last = new Map<string, OutboxRow>();
  for (const row of rows) {
    if (row.commandId === null) continue;
    const before = last.get(row.commandId);
    if (before) before.commandId = null;
    last.set(row.commandId, row);
  }
}

/** Ids whose memory had run out and that are remembered anew by this slice. */
function forgottenIds(
  events: readonly StockEvent[],
  rememberedBefore: ReadonlyMap<string, unknown>,
): string[] {
  if (rememberedBefore.size === 0) return [];
  return events
    .filter(isRemembered)
    .map(({ commandId }) => commandId)
    .filter((commandId) => rememberedBefore.has(commandId));
}
