import { itemKey } from '../domain/stockState.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import type { OutboxRow } from '../storage/outbox.ts';

/** A lane that is folded, and remembers which record changed each of its items last. */
export class ObservedLane {
  readonly replay: LaneReplay | OrderReplay;
  readonly #changes = new Map<string, number>();

  constructor(replay: LaneReplay | OrderReplay) {
    this.replay = replay;
  }

  /** Applies the next records and returns the outbox rows that they must have left. */
  take(records: readonly LaneRecord[]): { rows: readonly OutboxRow[]; offsets: readonly number[] } {
    if (this.replay instanceof LaneReplay) {
      const { facts, rows, offsets } = this.replay.fold(records);
      for (const [index, { sequence, sku, location }] of facts.entries()) {
        if (sequence > 0) this.#changes.set(itemKey(sku, location), offsets.facts[index]!);
      }
      return { rows, offsets: offsets.rows };
    }
    const { facts, rows, offsets } = this.replay.fold(records);
    for (const [index, { orderId }] of facts.entries()) {
      this.#changes.set(orderId, offsets.facts[index]!);
    }
    return { rows, offsets: offsets.rows };
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
