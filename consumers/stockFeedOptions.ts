import type { FeedHandlers, FeedPosition } from './feedHandlers.ts';
import type { KnownItem } from './itemSequences.ts';

/**
 * Who keeps the position. The consumer group `groupId` (ONHAND_TOPIC_PREFIX is put before it; up to
 * 149 characters) does so about every second: after a crash up to that much is handed on again. Or
 * the caller, together with what he makes of the events: `positions` are those that he was given
 * last; after a crash nothing is handed on again.
 */
export type FeedStart = { groupId: string } | { positions: readonly FeedPosition[] };

export type StockFeedOptions = FeedHandlers &
  FeedStart & {
    /**
     * All items of a partition that the caller's own data holds, asked for when the partition is
     * taken up. With it, repeats and gaps show across a restart, too; without it, the first event
     * of an item after a restart is taken as it comes.
     */
    known?: (partition: number) => readonly KnownItem[] | Promise<readonly KnownItem[]>;
    /** The feed has ended by itself: a handler threw, or its consumer is dead. */
    onFailed(error: Error): void;
  };
