import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import type { PublishedStockLevel } from '../src/messaging/stockLevelCodec.ts';

/** Where a reader of one partition of `stock.events` is: all before `offset` is handed on. */
export interface FeedPosition {
  partition: number;
  offset: number;
}

/** Events that a reader did not get. */
export type FeedGap = SequenceGap | OffsetGap;

/** Events of one stock item are missing: those from `expected` on. */
export interface SequenceGap {
  missing: 'sequences';
  sku: string;
  location: string;
  expected: number;
  /** Sequence of what came instead and is handed on next. */
  found: number;
  /** A level stands for the events up to its own sequence, so that one is missing, too. */
  foundIn: 'event' | 'level';
}

/** Records of the log were deleted before they were read: those from `expected` on. */
export interface OffsetGap {
  missing: 'offsets';
  partition: number;
  expected: number;
  /** Oldest offset that the log still has. */
  found: number;
}

/**
 * What a feed hands on. Calls come one at a time; a promise that is returned is waited for. What is
 * thrown ends the feed before the event in question.
 */
export interface FeedHandlers {
  /** The level of a stock item at the start, or after a gap; its events go on after it. */
  onLevel(level: PublishedStockLevel, position: FeedPosition): void | Promise<void>;
  /** The next event of its stock item; `position` is the one after it. */
  onEvent(event: PublishedStockEvent, position: FeedPosition): void | Promise<void>;
  /**
   * An event that its lane's publisher had lost and an operator has published late, behind younger
   * ones of its item: for whoever needs every event. The quantities that it states are those of
   * then; events and levels that were handed on before hold what it did. Events of gaps come this
   * way, and some that no gap was told of, because they were lost before the feed began. Without
   * this handler they are passed over. `position` is the one after it.
   */
  onLate?(event: PublishedStockEvent, position: FeedPosition): void | Promise<void>;
  /** Comes before what was found instead. */
  onGap(gap: FeedGap): void | Promise<void>;
}
