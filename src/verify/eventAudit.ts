import type { KafkaMessage } from 'kafkajs';
import { itemKey } from '../domain/stockState.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../messaging/stockEventCodec.ts';
import { isLate } from '../messaging/lateHeader.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import type { AuditTally } from './auditTally.ts';

interface ItemTrack {
  sequence: number;
  onHand: number;
  reserved: number;
}

/** Events of an item that have not come in their place; late ones may fill it in order. */
interface Gap {
  key: string;
  before: ItemTrack;
  next: PublishedStockEvent;
}

/**
 * What a reader of the events can prove by himself, without the engine's code: nothing is missing,
 * every event begins where the one before it ended, and the moves add up to the levels. Events that
 * say that they were published late count where they belong.
 */
export class EventAudit {
  readonly #isWhole: boolean;
  readonly #items = new Map<string, ItemTrack>();
  readonly counts = new Map<string, number>();
  #open: Gap[] = [];
  #events = 0;
  #unreadable = 0;
  #gaps = 0;
  #leaps = 0;
  #sums = 0;

  /** `isWhole`: whether the topic still has its first event; without it, items begin anywhere. */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  take(records: readonly Pick<KafkaMessage, 'value' | 'headers'>[]): void {
    for (const record of records) {
      this.#events++;
      const event = readable(record.value);
      if (event) this.#follow(event, isLate(record));
      else this.#unreadable++;
    }
  }

  tallies(): AuditTally[] {
    const tally = (check: string, broken: number): AuditTally => {
      return { check, broken, of: this.#events, noun: 'events' };
    };
    const leaping = this.#open.filter(({ before, next }) => !isFrom(before, next));
    return [
      tally('events: each can be read', this.#unreadable),
      tally('events: no gap in any stock item’s sequence', this.#gaps + this.#open.length),
      tally('events: each begins where the one before ended', this.#leaps + leaping.length),
      tally('events: quantities moved = levels after', this.#sums),
    ];
  }

  /** Whether late events may still fill a gap. */
  get hasGaps(): boolean {
    return this.#open.length > 0;
  }

  #follow(event: PublishedStockEvent, isLate: boolean): void {
    const kind = event.kind === 'CommandRejected' ? event.reason : event.kind;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (event.sequence === 0) return;
    const key = itemKey(event.sku, event.location);
    const { sequence } = event;
    const known = this.#items.get(key);
    // Of a topic that is cut it cannot be told where a late one belongs before the first kept.
    if (isLate && !known && !this.#isWhole) return;
    const before = known ?? this.#beginning(event);
    this.#sum(event);
    if (isLate && sequence <= before.sequence) return this.#fill(key, event);
    if (sequence > before.sequence + 1) this.#open.push({ key, before, next: event });
    else {
      if (sequence !== before.sequence + 1) this.#gaps++;
      if (!isFrom(before, event)) this.#leaps++;
    }
    this.#items.set(key, trackOf(event));
  }

  /** A late event takes its place in a gap. */
  #fill(key: string, event: PublishedStockEvent): void {
    const { sequence } = event;
    const gap = this.#open.find((it) => it.key === key && it.before.sequence + 1 === sequence);
    if (!gap) {
      if (this.#isWhole) this.#gaps++;
      return;
    }
    if (!isFrom(gap.before, event)) this.#leaps++;
    gap.before = trackOf(event);
    if (sequence + 1 < gap.next.sequence) return;
    if (!isFrom(gap.before, gap.next)) this.#leaps++;
    this.#open = this.#open.filter((it) => it !== gap);
  }

  #sum(event: PublishedStockEvent): void {
    const [onHandMove, reservedMove] = movesOf(event);
    const { onHandBefore, reservedBefore, onHandAfter, reservedAfter } = event;
    if (onHandAfter !== onHandBefore + onHandMove) this.#sums++;
    else if (reservedAfter !== reservedBefore + reservedMove) this.#sums++;
  }

  #beginning({ sequence, onHandBefore, reservedBefore }: PublishedStockEvent): ItemTrack {
    if (this.#isWhole) return { sequence: 0, onHand: 0, reserved: 0 };
    return { sequence: sequence - 1, onHand: onHandBefore, reserved: reservedBefore };
  }
}

function isFrom({ onHand, reserved }: ItemTrack, event: PublishedStockEvent): boolean {
  return event.onHandBefore === onHand && event.reservedBefore === reserved;
}

function trackOf({ sequence, onHandAfter, reservedAfter }: PublishedStockEvent): ItemTrack {
  return { sequence, onHand: onHandAfter, reserved: reservedAfter };
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
