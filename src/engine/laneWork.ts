import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import type { SliceLimits } from './sliceLimits.ts';
import type { Poison } from './handlerError.ts';
import type { LaneRecord } from './laneRecord.ts';
import type { SliceTransaction } from './sliceTransaction.ts';

/** A record with its log time, in ms since 1970: the append time, made monotonic within a lane. */
export interface LogEntry {
  record: LaneRecord;
  time: number;
}

/** What a committed slice leaves: where the lane is now, and what is to be published. */
export interface SliceResult {
  progress: Progress;
  /** Entries that it took: fewer than it was given when they caused too much. */
  taken: number;
  rows: OutboxRow[];
  measures: SliceMeasures;
}

/** A slice that is decided while the one before it, which ends at `from`, is not committed yet. */
export interface DecidedAhead<Entry> {
  from: Progress;
  entries: readonly Entry[];
}

/** What is counted of a committed slice. */
export interface SliceMeasures {
  /** What became of the entries, by name: kinds of outcomes, reasons of refusals. */
  outcomes: ReadonlyMap<string, number>;
  /** Reservations or orders that ended by time, which nobody asked for. */
  expired: number;
  /** Stock items that are parked in the lane after it. */
  parkedItems: number;
  /** From loading to the end of the commit. */
  seconds: number;
  /** The transaction alone. */
  commitSeconds: number;
}

/** What the lane of an engine does with its log. The lane itself knows neither stock nor orders. */
export interface LaneWork<Entry extends LogEntry = LogEntry> {
  /** Step 1 of a slice: decodes records in log order. */
  decode(records: readonly LaneRecord[], lane: LaneId, previousLogTime: number): Entry[];
  /** How many of the waiting entries make up the next slice: at least one. */
  cut(entries: readonly Entry[], limits: SliceLimits): number;
  /**
   * Steps 2 to 4 of a slice: applies entries in order, all at or after `from.nextOffset`, up to but
   * not including `nextOffset`. All of it is committed, or (whatever is thrown) nothing is, unless
   * the answer to COMMIT was lost: then the progress row tells. What is in `poison` is not tried;
   * throws HandlerError for an entry that should be there, when its decision throws.
   */
  apply(
    transaction: SliceTransaction,
    from: Progress,
    entries: readonly Entry[],
    nextOffset: number,
    poison: Poison,
  ): Promise<SliceResult>;
  /**
   * Tells what comes after the slice that is being applied, if it is much. `predecessor` is the
   * commit of the slice before that: what is looked up has to wait for it. `isWhole`: the next
   * slice will be just that, and not more.
   */
  lookAhead?(predecessor: Promise<unknown>, entries: readonly Entry[], isWhole: boolean): void;
  /** The slice after the one that is being applied, if it is decided, or about to be. */
  decidedAhead?(): DecidedAhead<Entry> | undefined;
  /** Drops what is kept in memory: a compare-and-set has failed, or might have. */
  forget(): void;
  /** Stock items that are parked. */
  parkedItems(): Promise<number>;
}
