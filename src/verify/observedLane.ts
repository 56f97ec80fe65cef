import { itemKey } from '../domain/stockState.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import type { OutboxRow } from '../storage/outbox.ts';

/** A lane that is folded record by record, so that it is known what each of them has caused. */
export class ObservedLane {
  readonly replay: LaneReplay | OrderReplay;
  readonly #changes = new Map<string, number>();

  constructor(replay: LaneReplay | OrderReplay) {
    this.replay = replay;
  }

  /** Applies the next record and returns the outbox rows that it must have left. */
  take(record: LaneRecord): readonly OutboxRow[] {
    if (this.replay instanceof LaneReplay) {
      const { facts, rows } = this.replay.fold([record]);
      for (const { sequence, sku, location } of facts) {
        if (sequence > 0) this.#changes.set(itemKey(sku, location), record.offset);
      }
      return rows;
    }
    const { facts, rows } = this.replay.fold([record]);
    for (const { orderId } of facts) this.#changes.set(orderId, record.offset);
    return rows;
  }

  /** Offset of the record that last changed a stock item; null when that was not read. */
  lastChangeOfItem({ sku, location }: { sku: string; location: string }): number | null {
    return this.#changes.get(itemKey(sku, location)) ?? null;
  }

  /** Offset of the record that last changed an order; null when that was not read. */
  lastChangeOfOrder(orderId: string): number | null {
    return this.#changes.get(orderId) ?? null;
  }
}
