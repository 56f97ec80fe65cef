import type { EventHead, StockEvent } from './events.ts';

/** The two stored quantities of a stock item. Available is always derived, never stored. */
export interface StockLevel {
  onHand: number;
  reserved: number;
  /** Of the item's last event; 0 before the first. */
  sequence: number;
  /** False until stock was received, returned, adjusted or counted: the item is only a name. */
  known: boolean;
}

export const noStock: StockLevel = { onHand: 0, reserved: 0, sequence: 0, known: false };

export function available(level: StockLevel): number {
  return level.onHand - level.reserved;
}

export function evolveLevel(level: StockLevel, event: StockEvent): StockLevel {
  return {
    onHand: event.onHandAfter,
    reserved: event.reservedAfter,
    sequence: event.sequence,
    known: level.known || makesKnown(event.kind),
  };
}

/** The level that an event left behind, as the compacted levels topic carries it. */
export function levelAfter(event: EventHead) {
  const { sku, location, sequence, time, onHandAfter: onHand, reservedAfter: reserved } = event;
  return { sku, location, sequence, time, onHand, reserved };
}

function makesKnown(kind: StockEvent['kind']): boolean {
  return kind === 'StockReceived' || kind === 'StockAdjusted' || kind === 'StockCounted';
}
