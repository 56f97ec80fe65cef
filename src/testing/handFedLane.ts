import type { StockEvent } from '../domain/events.ts';
import { levelAfter, noStock } from '../domain/stockLevel.ts';
import { saveSlices } from '../engine/saveSlices.ts';
import { encodeStockEvent } from '../messaging/stockEventCodec.ts';
import { mailboxHeaders } from '../messaging/mailboxHeader.ts';
import { inTransaction } from '../storage/database.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type LaneId, type Progress, claimLane } from '../storage/progress.ts';
import type { TestDatabase } from './testDatabase.ts';

/** Lane 0 of a topic of one partition, whose slices a test writes itself. */
export class HandFedLane {
  readonly id: LaneId;
  claim: Progress;
  /** Whether the commands ask for their outcomes in the mailbox. */
  asksForMailbox = true;
  readonly #database: TestDatabase;
  readonly #levels = new Map<string, typeof noStock>();
  #commands = 0;

  private constructor(database: TestDatabase, id: LaneId, claim: Progress) {
    this.#database = database;
    this.id = id;
    this.claim = claim;
  }

  static async claim(database: TestDatabase, topicId = 't'.repeat(22)): Promise<HandFedLane> {
    const id: LaneId = { engine: 'stock', lane: 0, topicId, partitionCount: 1 };
    const claim = await inTransaction(database.pool, (work) => claimLane(work, id, 'test'));
    return new HandFedLane(database, id, claim);
  }

  /** Another process takes the lane over. */
  async claimAnew(): Promise<void> {
    const { pool } = this.#database;
    this.claim = await inTransaction(pool, (work) => claimLane(work, this.id, 'test'));
  }

  /**
   * One slice: for each SKU in turn a unit is received. Commits levels, progress and outbox rows,
   * and answers the rows, as the publisher would offer them.
   */
  async receive(...skus: string[]): Promise<OutboxRow[]> {
    const from = this.claim;
    const before = new Map(this.#levels);
    const rows = skus.map((sku, index) => this.#row(sku, from.outboxSequence + 1 + index));
    const to: Progress = {
      ...from,
      nextOffset: from.nextOffset + rows.length,
      outboxSequence: from.outboxSequence + rows.length,
      logTime: Date.now(),
    };
    const changed = [...new Set(skus)].map((sku) => {
      const previousSequence = (before.get(sku) ?? noStock).sequence;
      return { sku, location: 'main', previousSequence, ...(this.#levels.get(sku) ?? noStock) };
    });
    await inTransaction(this.#database.pool, async (work) => {
      await saveSlices(work, [{ from, to, levels: changed, outbox: rows }]);
    });
    this.claim = to;
    return rows;
  }

  #row(sku: string, sequence: number): OutboxRow {
    const { onHand, sequence: last } = this.#levels.get(sku) ?? noStock;
    const event: StockEvent = {
      kind: 'StockReceived',
      quantity: 1,
      sku,
      location: 'main',
      sequence: last + 1,
      commandId: `c-${++this.#commands}`,
      commandDigest: 1,
      time: Date.now(),
      onHandBefore: onHand,
      reservedBefore: 0,
      onHandAfter: onHand + 1,
      reservedAfter: 0,
    };
    this.#levels.set(sku, { onHand: onHand + 1, reserved: 0, sequence: last + 1, known: true });
    const { topicId } = this.id;
    return {
      sequence,
      kind: 'event',
      commandId: event.commandId,
      time: event.time,
      key: sku,
      headers: this.asksForMailbox ? mailboxHeaders : null,
      value: encodeStockEvent(event, { topicId, partition: 0, offset: sequence, index: 0 }),
      level: levelAfter(event),
    };
  }
}
