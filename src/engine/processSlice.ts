import type { Pool } from 'mysql2/promise';
import type { StockEvent } from '../domain/events.ts';
import { isRemembered } from '../domain/evolve.ts';
import { faultPoint } from '../ops/faultPoint.ts';
import { inTransaction } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
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
import { stockChanges } from './stockChanges.ts';

/** What a committed slice leaves: where the lane is now, and what is to be published. */
export interface SliceResult {
  progress: Progress;
  rows: OutboxRow[];
  measures: SliceMeasures;
}

/** What is counted of a committed slice. */
export interface SliceMeasures {
  events: readonly StockEvent[];
  /** Commands that it parked, less those that it took up again. */
  parked: number;
  /** Stock items that are parked in the lane after it. */
  parkedItems: number;
  /** From loading to the end of the commit. */
  seconds: number;
  /** The transaction alone. */
  commitSeconds: number;
}

/**
 * Applies one slice of a lane's log: entries in order, all at or after `from.nextOffset`, up to but
 * not including `nextOffset`. All of it is committed, or (whatever is thrown) nothing is, unless
 * the answer to COMMIT was lost: then the progress row tells. Step 1, decoding, is done before: the
 * lane decodes the next slice while this one commits. Commands in `poison` are parked untried;
 * throws HandlerError for a command that should be there, when its decision throws.
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
      saveFailedDecisions(connection, from.lane, [...poison.values()]),
      saveParked(connection, from.lane, parking.added, parking.removed),
      appendOutbox(connection, from.engine, from.lane, rows),
    ]);
    faultPoint('slice-before-commit');
  });
  faultPoint('slice-after-commit');

  // 5. Hand on.
  laneState.keep(changes.items, state.parked);
  const measures = {
    events,
    parked: parking.added.length - parking.removed.length,
    parkedItems: state.parked.size,
    seconds: (performance.now() - begun) / 1000,
    commitSeconds: (performance.now() - decided) / 1000,
  };
  return { progress, rows, measures };
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
