import type { StockCommand } from '../domain/commands.ts';
import type { StockEvent } from '../domain/events.ts';
import { expireLimit } from '../domain/limits.ts';
import type { Policy, StockItem, StockState } from '../domain/stockState.ts';
import { emptyState, itemKey, itemOf } from '../domain/stockState.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import type { NamedStock } from '../storage/loadStock.ts';
import {
  loadDueOfItems,
  loadDueOfLane,
  loadLevels,
  loadRemembered,
  loadReservations,
  readEarliestDeadline,
} from '../storage/loadStock.ts';
import type { SliceLookups } from '../storage/sliceLookups.ts';
import type { Querying } from '../storage/together.ts';
import { type ParkedRow, countParked, readParked } from '../storage/parkedCommands.ts';
import type { Entry } from './decodeSlice.ts';
import { EarlyLookups } from './earlyLookups.ts';
import { namedStock } from './namedStock.ts';
import type { SliceTransaction } from './sliceTransaction.ts';
import type { StockChanges } from './stockChanges.ts';

/** A working copy, and the parked commands of the items that the slice brings back. */
export interface LoadedState {
  state: StockState;
  waiting: Map<string, ParkedRow[]>;
}

/** Levels kept in memory per lane at most. */
const LEVELS_MAX = 50_000;

/**
 * What a lane remembers between slices: levels of recently moved items. It is exact as long as the
 * lane's compare-and-set succeeds; whoever sees one fail must `forget`.
 */
export class LaneState {
  readonly #lane: number;
  readonly #policy: Policy;
  readonly #levels = new Map<string, StockItem['level']>();
  /** Commands that wait, by stock item. */
  #parked = new Map<string, number>();
  #parkedIsKnown = false;
  /** Nothing in the lane is due before this log time; 0 when that has to be looked up. */
  #nothingDueBefore = 0;
  /** For the slice after the one under way. */
  #early: EarlyLookups | undefined;

  constructor(lane: number, policy: Policy) {
    this.#lane = lane;
    this.#policy = policy;
  }

  /** A working copy that holds everything that the entries name. */
  async load(
    { reader, lookups }: SliceTransaction,
    entries: readonly Entry[],
  ): Promise<LoadedState> {
    const state = emptyState(this.#policy);
    const early = this.#early;
    this.#early = undefined;
    const waiting = await this.#loadWaiting(reader, entries);
    const named = namedStock(commandsOf(entries, waiting));
    const now = entries.at(-1)?.time ?? 0;
    if (this.#nothingDueBefore <= now) {
      this.#nothingDueBefore = await readEarliestDeadline(reader, this.#lane);
    }
    const tick = entries.find((entry) => 'command' in entry && entry.command.kind === 'ExpireDue');
    if (tick && 'command' in tick && tick.command.kind === 'ExpireDue') {
      await loadDueOfLane(reader, this.#lane, now, expireLimit(tick.command), state);
      named.items.push(...state.due.map(({ sku, location }): [string, string] => [sku, location]));
    } else if (this.#nothingDueBefore <= now) {
      await loadDueOfItems(reader, this.#lane, named.items, now, state);
    }
    const { items, orderIds, commandIds } = early?.missing(named) ?? named;
    await Promise.all([
      this.#loadLevels(lookups, items, state),
      loadReservations(lookups, this.#lane, orderIds, state),
      loadRemembered(lookups, this.#lane, commandIds, state),
      early?.putInto(state),
    ]);
    await this.#loadCounts(reader);
    this.#parked.forEach((count, key) => state.parked.set(key, count));
    return { state, waiting };
  }

  /** Asks for what the slice after the one under way names. */
  lookAhead(lookups: SliceLookups, entries: readonly Entry[]): void {
    this.#early = new EarlyLookups(lookups, this.#lane, namedStock(commandsOf(entries)));
  }

  /** Keeps what a committed slice has changed. */
  keep(
    { items, reservations }: StockChanges,
    events: readonly StockEvent[],
    parked: ReadonlyMap<string, number>,
  ): void {
    this.#early?.follow(reservations, events);
    this.#parked = new Map(parked);
    for (const item of items) {
      const key = itemKey(item.sku, item.location);
      this.#levels.delete(key);
      this.#levels.set(key, item.level);
      this.#nothingDueBefore = Math.min(this.#nothingDueBefore, item.nothingDueBefore);
    }
    for (const oldest of this.#levels.keys()) {
      if (this.#levels.size <= LEVELS_MAX) break;
      this.#levels.delete(oldest);
    }
  }

  forget(): void {
    this.#levels.clear();
    this.#parked = new Map();
    this.#parkedIsKnown = false;
    this.#nothingDueBefore = 0;
    this.#early = undefined;
  }

  async #loadCounts(reader: Querying): Promise<void> {
    if (this.#parkedIsKnown) return;
    for (const { sku, location, waiting } of await countParked(reader, this.#lane)) {
      this.#parked.set(itemKey(sku, location), waiting);
    }
    this.#parkedIsKnown = true;
  }

  /** Waiting commands of the items that operators bring back. */
  async #loadWaiting(
    reader: Querying,
    entries: readonly Entry[],
  ): Promise<Map<string, ParkedRow[]>> {
    const waiting = new Map<string, ParkedRow[]>();
    for (const entry of entries) {
      if (!('command' in entry)) continue;
      const { command } = entry;
      if (command.kind !== 'RetryParked' && command.kind !== 'SkipParked') continue;
      const { sku, location } = command;
      waiting.set(itemKey(sku, location), await readParked(reader, this.#lane, sku, location));
    }
    return waiting;
  }

  async #loadLevels(
    lookups: SliceLookups,
    items: NamedStock['items'],
    state: StockState,
  ): Promise<void> {
    const missing = items.filter(([sku, location]) => {
      const level = this.#levels.get(itemKey(sku, location));
      if (level) itemOf(state, sku, location).level = level;
      return !level;
    });
    await loadLevels(lookups, this.#lane, missing, state);
  }
}

/** The commands of a slice, and the waiting ones that it may take up. */
function commandsOf(entries: readonly Entry[], waiting?: LoadedState['waiting']): StockCommand[] {
  const commands: StockCommand[] = [];
  for (const entry of entries) if ('command' in entry) commands.push(entry.command);
  for (const rows of waiting?.values() ?? []) {
    for (const { value } of rows) commands.push(decodeStockCommand(value));
  }
  return commands;
}
