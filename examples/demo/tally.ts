import type { PublishedStockEvent } from '../../src/messaging/stockEventCodec.ts';

/** Counts what was sent and what came back, for the live view and to know when all is answered. */
export class Tally {
  sent = 0;
  answered = 0;
  events = 0;
  reserved = 0;
  refused = 0;
  confirmed = 0;
  released = 0;
  expired = 0;
  /** Reservations that will not be paid and whose expiry is still to come. */
  #unpaid = new Set<string>();

  take(event: PublishedStockEvent, settlesInTime: (orderId: string) => boolean): void {
    this.events++;
    if (event.commandId !== null) this.answered++;
    switch (event.kind) {
      case 'StockReserved':
        this.reserved++;
        if (!settlesInTime(event.orderId)) this.#unpaid.add(`${event.orderId}\n${event.sku}`);
        break;
      case 'ReservationConfirmed':
        this.confirmed++;
        break;
      case 'ReservationReleased':
        this.released++;
        break;
      case 'ReservationExpired':
        this.expired++;
        this.#unpaid.delete(`${event.orderId}\n${event.sku}`);
        break;
      case 'CommandRejected':
        this.refused++;
        break;
      case 'StockReceived':
      case 'ReservationExtended':
      case 'StockReturned':
      case 'StockAdjusted':
      case 'StockCounted':
      case 'ParkedRetried':
      case 'ParkedSkipped':
        break;
    }
  }

  /** Commands that have no outcome yet. */
  get lag(): number {
    return this.sent - this.answered;
  }

  get unpaid(): number {
    return this.#unpaid.size;
  }
}
