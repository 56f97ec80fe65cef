import type { StockCommand } from '../domain/commands.ts';
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
import type { Progress } from '../storage/progress.ts';
import type { SliceLookups } from '../storage/sliceLookups.ts';
import type { Querying } from '../storage/together.ts';
import { type ParkedRow, countParked, readParked } from '../storage/parkedCommands.ts';
import type { Entry } from './decodeSlice.ts';
import { EarlyLookups } from './earlyLookups.ts';
import type { Poison } from './handlerError.ts';
import { namedStock } from './namedStock.ts';
import type { DecidedAhead } from './laneWork.ts';
import { isOperators } from './parking.ts';
import type { SliceTransaction } from './sliceTransaction.ts';
import { type LoadedState, type StockDecision, decideStock } from './stockDecision.ts';

/** Levels kept in memory per lane at most. */
const LEVELS_MAX = 50_000;

interface AheadDecision extends DecidedAhead<Entry> {
  /** Undefined when it could not be decided. */
  decision: Promise<StockDecision | undefined>;
}

/**
 * What a lane remembers between slices: levels of recently moved items, and what is known of the
 * next slice. It is exact as long as the lane's commits succeed; whoever sees one fail must
 * `forget`.
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
  #ahead: AheadDecision | undefined;

  constructor(lane: number, policy: Policy) {
    this.#lane = lane;
    this.#policy = policy;
  }

  /** Steps 2 and 3 of a slice. Throws HandlerError when a decision throws. */
  async decide(
    transaction: SliceTransaction,
    from: Progress,
    entries: readonly Entry[],
    poison: Poison,
  ): Promise<StockDecision> {
    const [early, ahead] = [this.#early, this.#ahead];
    // At once: what is known of the slice after this one takes their places.
    this.#early = undefined;
    this.#ahead = undefined;
    if (ahead && poison.size === 0 && ahead.from === from && isSame(ahead.entries, entries)) {
      const decision = await ahead.decision;
      if (decision) return decision;
    }
    await transaction.predecessor;
    const loaded = await this.#load(transaction, entries, early);
    return decideStock(loaded, from, entries, poison);
  }

  /** A working copy that holds everything that the entries name. */
  async #load(
    { reader, lookups }: Pick<SliceTransaction, 'reader' | 'lookups'>,
    entries: readonly Entry[],
    early: EarlyLookups | undefined,
  ): Promise<LoadedState> {
    const state = emptyState(this.#policy);
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

  /**
   * Asks for what the slice after the one under way names, when the one before that is committed.
   * `isWhole`: it will be just these entries, so it can be decided, too, as soon as the one under
   * way is.
   */
  lookAhead(
    reader: Querying,
    predecessor: Promise<unknown>,
    entries: readonly Entry[],
    isWhole: boolean,
  ): void {
    const named = namedStock(commandsOf(entries));
    const whole = isWhole ? entries : undefined;
    this.#early = new EarlyLookups(reader, predecessor, this.#lane, named, whole);
  }

  /** The slice after the one under way, if it is decided, or about to be. */
  get decidedAhead(): DecidedAhead<Entry> | undefined {
    return this.#ahead;
  }

  /**
   * Keeps what a slice has changed whose commit, to `progress`, is under way, and goes on from
   * there to decide the next one.
   */
  keep({ state, changes, events }: StockDecision, progress: Progress): void {
    const { items, reservations } = changes;
    const { parked } = state;
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
    this.#decideAhead(progress);
  }

  /** Only where MySQL need not be asked for what the slice under way may have changed. */
  #decideAhead(from: Progress): void {
    const early = this.#early;
    const entries = early?.entries;
    const last = entries?.at(-1);
    if (!early || !entries || !last || !this.#parkedIsKnown) return;
    if (this.#nothingDueBefore <= last.time || entries.some(isUnforeseen)) return;
    const decision = this.#load(early, entries, early)
      .then((loaded) => decideStock(loaded, from, entries, noPoison))
      // Whatever it is: it comes again when it is this slice's turn.
      .catch(() => undefined);
    this.#ahead = { from, entries, decision };
  }

  forget(): void {
    this.#levels.clear();
    this.#parked = new Map();
    this.#parkedIsKnown = false;
    this.#nothingDueBefore = 0;
    this.#early = undefined;
    this.#ahead = undefined;
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
      if (!isOperators(command)) continue;
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

const noPoison: Poison = new Map();

/** Ticks and operators' commands look at more than they name. */
function isUnforeseen(entry: Entry): boolean {
  if (!('command' in entry)) return false;
  return entry.command.kind === 'ExpireDue' || isOperators(entry.command);
}

/** Both are stretches of one lane's waiting entries. */
function isSame(some: readonly Entry[], others: readonly Entry[]): boolean {
  return some.length === others.length && some[0] === others[0];
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
