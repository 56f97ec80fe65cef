import type { KafkaMessage } from 'kafkajs';
import { isLate } from '../src/messaging/lateHeader.ts';
import { decodeStockEvent } from '../src/messaging/stockEventCodec.ts';
import type { PublishedStockLevel } from '../src/messaging/stockLevelCodec.ts';
import type { FeedSnapshot } from './feedSnapshot.ts';
import type { FeedHandlers, FeedPosition } from './feedHandlers.ts';
import type { ItemSequences } from './itemSequences.ts';

/** A record of `stock.events`, as far as it matters here. */
export interface FeedRecord {
  offset: string;
  value: Buffer | null;
  headers?: KafkaMessage['headers'];
}

/** Called between events: false ends the work, what it throws too. */
type GoOn = () => Promise<boolean> | boolean;

/**
 * One partition of a feed: hands on each event once and in order, and says what is missing. Events
 * that were published late come by a way of their own. It does not know Kafka.
 */
export class FeedPartition {
  readonly partition: number;
  readonly #handlers: FeedHandlers;
  readonly #sequences: ItemSequences;
  #offset: number;
  #snapshot: FeedSnapshot | undefined;

  constructor(handlers: FeedHandlers, position: FeedPosition, sequences: ItemSequences) {
    this.#handlers = handlers;
    this.partition = position.partition;
    this.#offset = position.offset;
    this.#sequences = sequences;
  }

  get position(): FeedPosition {
    return { partition: this.partition, offset: this.#offset };
  }

  /**
   * Starts from levels that hold everything before the position: each that is newer than what was
   * known is handed on.
   */
  async begin(levels: readonly PublishedStockLevel[], goOn: GoOn): Promise<void> {
    if (await this.#handOnLevels(levels, goOn)) this.#sequences.complete();
  }

  /**
   * Goes on behind deleted events, at the oldest that there is. What comes up to the snapshot's
   * offset is still handed on as events; for the rest its levels stand in, once that is reached.
   */
  async skipTo(oldest: number, snapshot: FeedSnapshot, goOn: GoOn): Promise<void> {
    const { partition } = this;
    const gap = { missing: 'offsets', expected: this.#offset, found: oldest } as const;
    await this.#handlers.onGap({ ...gap, partition });
    this.#offset = oldest;
    this.#snapshot = snapshot;
    await this.reach(oldest, goOn);
  }

  /** Takes records in log order; those before the position are passed over. False: it was ended. */
  async take(records: readonly FeedRecord[], goOn: GoOn): Promise<boolean> {
    for (const record of records) {
      const next = Number(record.offset) + 1;
      if (next <= this.#offset) continue;
      const going = goOn();
      if (!(going === true || (await going))) return false;
      if (this.#snapshot) await this.reach(next - 1, goOn);
      const handing = this.#handOn(record, next);
      if (handing) await handing;
      this.#offset = next;
    }
    return true;
  }

  /** The log has nothing else before this offset. */
  async reach(offset: number, goOn: GoOn): Promise<void> {
    this.#offset = Math.max(this.#offset, offset);
    if (!this.#snapshot || this.#offset < this.#snapshot.offset) return;
    if (!(await this.#handOnLevels(this.#snapshot.levels, goOn))) return;
    this.#snapshot = undefined;
    this.#sequences.complete();
  }

  #handOn(record: FeedRecord, offset: number): void | Promise<void> {
    const event = decodeStockEvent(record.value);
    const verdict = this.#sequences.take(event, isLate(record));
    if (verdict.is === 'repeat') return;
    const position = { partition: this.partition, offset };
    if (verdict.is === 'late') return this.#handlers.onLate?.(event, position);
    if (verdict.is === 'next') return this.#handlers.onEvent(event, position);
    const { sku, location, sequence: found } = event;
    const gap = { missing: 'sequences', sku, location, expected: verdict.expected, found } as const;
    return Promise.resolve(this.#handlers.onGap({ ...gap, foundIn: 'event' })).then(() =>
      this.#handlers.onEvent(event, position),
    );
  }

  async #handOnLevels(levels: readonly PublishedStockLevel[], goOn: GoOn): Promise<boolean> {
    for (const level of levels) {
      const { sku, location, sequence: found } = level;
      const expected = this.#sequences.expected(level);
      if (expected !== undefined && found < expected) continue;
      if (!(await goOn())) return false;
      if (expected !== undefined) {
        const gap = { missing: 'sequences', sku, location, expected, found } as const;
        await this.#handlers.onGap({ ...gap, foundIn: 'level' });
      }
      this.#sequences.set(level);
      await this.#handlers.onLevel(level, this.position);
    }
    return true;
  }
}
