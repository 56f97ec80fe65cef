import type { StockEvent } from '../domain/events.ts';
import { isRemembered } from '../domain/evolve.ts';
import type { StockState } from '../domain/stockState.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import type { ParkedRow } from '../storage/parkedCommands.ts';
import { decideSlice } from './decideSlice.ts';
import type { Entry } from './decodeSlice.ts';
import type { Poison } from './handlerError.ts';
import { Parking } from './parking.ts';
import { type StockChanges, stockChanges } from './stockChanges.ts';

/** A working copy, and the parked commands of the items that the slice brings back. */
export interface LoadedState {
  state: StockState;
  waiting: Map<string, ParkedRow[]>;
}

/** What a slice comes to: all that is to be saved of it, kept and handed on. */
export interface StockDecision {
  state: StockState;
  parking: Parking;
  events: StockEvent[];
  rows: OutboxRow[];
  changes: StockChanges;
  /** Command ids whose memory had run out and that are remembered anew. */
  forgotten: string[];
}

/**
 * Step 3 of a slice: decides its entries in memory, in log order. Throws HandlerError when a
 * decision throws that is not in `poison`.
 */
export function decideStock(
  { state, waiting }: LoadedState,
  from: Progress,
  entries: readonly Entry[],
  poison: Poison,
): StockDecision {
  const rememberedBefore = new Map(state.remembered);
  const parking = new Parking(state, waiting, poison);
  const { events, rows } = decideSlice(parking, entries, from);
  if (spanOf(entries) >= state.policy.commandMemoryMs) keepLastIds(rows);
  return {
    state,
    parking,
    events,
    rows,
    changes: stockChanges(state, events),
    forgotten: forgottenIds(events, rememberedBefore),
  };
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
