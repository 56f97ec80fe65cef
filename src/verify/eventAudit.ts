import type { KafkaMessage } from 'kafkajs';
import { itemKey } from '../domain/stockState.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { AuditLine } from './auditRows.ts';

interface ItemTrack {
  sequence: number;
  onHand: number;
  reserved: number;
}

/**
 * What a reader of the events can prove by himself, without the engine's code: nothing is missing,
 * every event begins where the one before it ended, and the moves add up to the levels.
 */
export class EventAudit {
  readonly #items = new Map<string, ItemTrack>();
  readonly counts = new Map<string, number>();
  #events = 0;
  #gaps = 0;
  #leaps = 0;
  #sums = 0;

  take(records: readonly KafkaMessage[]): void {
    for (const { value } of records) this.#follow(decodeStockEvent(value));
  }

  /** Levels as the events tell them, by SKU and location. */
  get items(): ReadonlyMap<string, ItemTrack> {
    return this.#items;
  }

  lines(): AuditLine[] {
    const line = (check: string, broken: number): AuditLine => ({
      check,
      ok: broken === 0,
      detail: broken === 0 ? `${this.#events} events` : `broken in ${broken} events`,
    });
    return [
      line('events: no gap in any stock item’s sequence', this.#gaps),
      line('events: each begins where the one before ended', this.#leaps),
      line('events: quantities moved = levels after', this.#sums),
    ];
  }

  #follow(event: PublishedStockEvent): void {
    this.#events++;
    const kind = event.kind === 'CommandRejected' ? event.reason : event.kind;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (event.sequence === 0) return;
    const key = itemKey(event.sku, event.location);
    const before = this.#items.get(key) ?? { sequence: 0, onHand: 0, reserved: 0 };
    const [onHandMove, reservedMove] = movesOf(event);
    const { sequence, onHandBefore, reservedBefore, onHandAfter, reservedAfter } = event;
    if (sequence !== before.sequence + 1) this.#gaps++;
    if (onHandBefore !== before.onHand || reservedBefore !== before.reserved) this.#leaps++;
    if (onHandAfter !== onHandBefore + onHandMove) this.#sums++;
    else if (reservedAfter !== reservedBefore + reservedMove) this.#sums++;
    this.#items.set(key, { sequence, onHand: onHandAfter, reserved: reservedAfter });
  }
}

/** By how much an event moves on hand and reserved, read off what it states. */
function movesOf(event: PublishedStockEvent): [onHand: number, reserved: number] {
  switch (event.kind) {
    case 'StockReceived':
    case 'StockReturned':
      return [event.quantity, 0];
    case 'StockReserved':
      return [0, event.granted];
    case 'ReservationConfirmed':
      return [-event.quantity, event.late ? 0 : -event.quantity];
    case 'ReservationReleased':
    case 'ReservationExpired':
      return [0, -event.quantity];
    case 'StockAdjusted':
    case 'StockCounted':
      return [event.delta, 0];
    case 'ParkedRetried':
    case 'ParkedSkipped':
    case 'ReservationExtended':
    case 'CommandRejected':
      return [0, 0];
  }
}
