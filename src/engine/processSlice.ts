import type { Pool } from 'mysql2/promise';
import type { StockEvent } from '../domain/events.ts';
import { isRemembered } from '../domain/evolve.ts';
import { faultPoint } from '../ops/faultPoint.ts';
import { inTransaction } from '../storage/database.ts';
import { appendOutbox } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import { advanceProgress } from '../storage/progress.ts';
import { allOf } from '../storage/together.ts';
import { forgetCommands, saveLevels, saveReservations } from '../storage/saveStock.ts';
import { decideSlice } from './decideSlice.ts';
import type { Entry } from './decodeSlice.ts';
import type { Poison } from './handlerError.ts';
import { Parking } from './parking.ts';
import { saveFailedDecisions } from '../storage/failedDecisions.ts';
import { saveParked } from '../storage/parkedCommands.ts';
import type { LaneState } from './laneState.ts';
import type { SliceResult } from './laneWork.ts';
import { stockChanges } from './stockChanges.ts';
import { stockOutcomes } from './stockOutcomes.ts';

/**
 * Applies one slice of a stock lane's log, as `LaneWork.apply` says. Step 1, decoding, is done
 * before: the lane decodes the next slice while this one commits. Commands in `poison` are parked.
 */
export async function processSlice(
  pool: Pool,
  laneState: LaneState,
  from: Progress,
  entries: readonly Entry[],
  nextOffset: number,
  poison: Poison,
): Promise<SliceResult> {
  const begun = performance.now();
  // 2. Load all that the slice names.
  const { state, waiting } = await laneState.load(entries);
  const rememberedBefore = new Map(state.remembered);

  // 3. Decide in memory, in log order.
  const parking = new Parking(state, waiting, poison);
  const { events, rows } = decideSlice(parking, entries, from);
  const changes = stockChanges(state, events);
  const forgotten = forgottenIds(events, rememberedBefore);
  const progress = {
    ...from,
    nextOffset,
    outboxSequence: from.outboxSequence + rows.length,
    logTime: entries.at(-1)?.time ?? from.logTime,
  };

  // 4. Save in one transaction, the compare-and-set first.
  const decided = performance.now();
  await inTransaction(pool, async (connection) => {
    await allOf([
      advanceProgress(connection, from, progress),
      saveLevels(connection, from.lane, changes.levels),
      saveReservations(connection, from.lane, changes.reservations),
      forgetCommands(connection, from.lane, forgotten),
      saveFailedDecisions(connection, from.engine, from.lane, [...poison.values()]),
      saveParked(connection, from.lane, parking.added, parking.removed),
      appendOutbox(connection, from.engine, from.lane, rows),
    ]);
    faultPoint('slice-before-commit');
  });
  faultPoint('slice-after-commit');

  // 5. Hand on.
  laneState.keep(changes.items, state.parked);
  const measures = {
    ...stockOutcomes(entries, events, rows, parking.added.length - parking.removed.length),
    parkedItems: state.parked.size,
    seconds: (performance.now() - begun) / 1000,
    commitSeconds: (performance.now() - decided) / 1000,
  };
  return { progress, taken: entries.length, rows, measures };
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
