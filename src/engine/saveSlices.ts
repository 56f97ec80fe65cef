import { type FailedDecision, saveFailedDecisions } from '../storage/failedDecisions.ts';
import { type ChangedOrder, saveOrders } from '../storage/orders.ts';
import { type OutboxRow, appendOutbox } from '../storage/outbox.ts';
import { type ParkedRow, saveParked } from '../storage/parkedCommands.ts';
import { type Advance, advanceProgress, engineNames } from '../storage/progress.ts';
import {
  type ChangedLevel,
  type ChangedReservation,
  forgetCommands,
  saveLevels,
  saveReservations,
} from '../storage/saveStock.ts';
import { type Querying, allOf } from '../storage/together.ts';

/** What a slice moves, and the rows that it leaves. */
export interface SliceRows extends Advance {
  levels?: readonly ChangedLevel[];
  reservations?: readonly ChangedReservation[];
  /** Command ids whose memory had run out and that are remembered anew. */
  forgotten?: readonly string[];
  parked?: { added: readonly ParkedRow[]; removed: readonly number[] };
  orders?: readonly ChangedOrder[];
  failed?: readonly FailedDecision[];
  outbox: readonly OutboxRow[];
}

/**
 * Step 4: writes the slices of several lanes in the caller's transaction, the compare-and-set
 * first, then one statement for each table, however many lanes there are.
 */
export async function saveSlices(
  connection: Querying,
  slices: readonly SliceRows[],
): Promise<void> {
  const of = <Row>(rows: (slice: SliceRows) => readonly Row[] | undefined) =>
    slices.map((slice) => ({ lane: slice.from.lane, rows: rows(slice) ?? [] }));
  const ofEngine = engineNames.map((engine) => ({
    engine,
    own: slices.filter(({ from }) => from.engine === engine),
  }));
  await allOf([
    ...ofEngine.map(({ engine, own }) => advanceProgress(connection, engine, own)),
    saveLevels(
      connection,
      of((slice) => slice.levels),
    ),
    saveReservations(
      connection,
      of((slice) => slice.reservations),
    ),
    forgetCommands(
      connection,
      of((slice) => slice.forgotten),
    ),
    saveOrders(
      connection,
      of((slice) => slice.orders),
    ),
    ...slices.flatMap(({ from: { engine, lane }, failed = [], parked }) => [
      saveFailedDecisions(connection, engine, lane, failed),
      saveParked(connection, lane, parked?.added ?? [], parked?.removed ?? []),
    ]),
    ...ofEngine.map(({ engine, own }) =>
      appendOutbox(
        connection,
        engine,
        own.map(({ from, outbox }) => ({ lane: from.lane, rows: outbox })),
      ),
    ),
  ]);
}
