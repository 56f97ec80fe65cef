import type { KafkaMessage } from 'kafkajs';
import { itemKey } from '../domain/stockState.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import type { AuditTally } from './auditTally.ts';

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
  readonly #isWhole: boolean;
  readonly #items = new Map<string, ItemTrack>();
  readonly counts = new Map<string, number>();
  #events = 0;
  #unreadable = 0;
  #gaps = 0;
  #leaps = 0;
  #sums = 0;

  /** `isWhole`: whether the topic still has its first event; without it, items begin anywhere. */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  take(records: readonly Pick<KafkaMessage, 'value'>[]): void {
    for (const { value } of records) {
      this.#events++;
      const event = readable(value);
      if (event) this.#follow(event);
      else this.#unreadable++;
    }
  }

  tallies(): AuditTally[] {
    const tally = (check: string, broken: number): AuditTally => {
      return { check, broken, of: this.#events, noun: 'events' };
    };
    return [
      tally('events: each can be read', this.#unreadable),
      tally('events: no gap in any stock item’s sequence', this.#gaps),
      tally('events: each begins where the one before ended', this.#leaps),
      tally('events: quantities moved = levels after', this.#sums),
    ];
  }

  #follow(event: PublishedStockEvent): void {
    const kind = event.kind === 'CommandRejected' ? event.reason : event.kind;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (event.sequence === 0) return;
    const key = itemKey(event.sku, event.location);
    const before = this.#items.get(key) ?? this.#beginning(event);
    const [onHandMove, reservedMove] = movesOf(event);
    const { sequence, onHandBefore, reservedBefore, onHandAfter, reservedAfter } = event;
    if (sequence !== before.sequence + 1) this.#gaps++;
    if (onHandBefore !== before.onHand || reservedBefore !== before.reserved) this.#leaps++;
    if (onHandAfter !== onHandBefore + onHandMove) this.#sums++;
    else if (reservedAfter !== reservedBefore + reservedMove) this.#sums++;
    this.#items.set(key, { sequence, onHand: onHandAfter, reserved: reservedAfter });
  }

  #beginning({ sequence, onHandBefore, reservedBefore }: PublishedStockEvent): ItemTrack {
    if (this.#isWhole) return { sequence: 0, onHand: 0, reserved: 0 };
    return { sequence: sequence - 1, onHand: onHandBefore, reserved: reservedBefore };
  }
}

function readable(value: Buffer | null): PublishedStockEvent | undefined {
  try {
    return decodeStockEvent(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
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
