import type { StockEvent } from '../domain/events.ts';
import { itemKey } from '../domain/stockState.ts';

/** What a log has led to for one stock item. */
export interface ItemOutcome {
  /** Commands that were refused, for whatever reason. */
  refused: number;
  /** Units of confirmed reservations; what came back later is not taken off. */
  sold: number;
  /** Most units that were reserved at once. */
  peakReserved: number;
}

/** A stock item with what became of it. */
export type TalliedItem = ItemOutcome & { sku: string; location: string };

/** Sums up what events say, by stock item. */
export class WhatIfTally {
  readonly items = new Map<string, TalliedItem>();

  take(events: readonly StockEvent[]): void {
    for (const event of events) {
      // Without a number it is about no stock item.
      if (event.sequence === 0) continue;
      const item = this.#itemOf(event);
      if (event.kind === 'CommandRejected') item.refused++;
      else if (event.kind === 'ReservationConfirmed') item.sold += event.quantity;
      const reserved = Math.max(event.reservedBefore, event.reservedAfter);
      if (reserved > item.peakReserved) item.peakReserved = reserved;
    }
  }

  #itemOf({ sku, location }: StockEvent): TalliedItem {
    const key = itemKey(sku, location);
    let item = this.items.get(key);
    if (!item) {
      item = { sku, location, refused: 0, sold: 0, peakReserved: 0 };
      this.items.set(key, item);
    }
    return item;
  }
}
