import type { StockEvent } from '../domain/events.ts';
import { orderIdOf } from '../domain/orderIdOf.ts';
import { timeText } from '../ops/timeText.ts';
import { shown } from './shownText.ts';

/** What a stock event states, in one line: its kind and what belongs to it. */
export function stockEventText(event: StockEvent): string {
  const details = detailsOf(event).filter((detail) => detail !== '');
  return [event.kind, details.join(', ')].join(' ').trimEnd();
}

/** The order that an event is about; empty when there is none. */
export function stockEventOrder(event: StockEvent): string {
  const refused = event.kind === 'CommandRejected' ? event.orderId : null;
  return shown(orderIdOf(event) ?? refused ?? '');
}

/** A quantity before and after; once where it did not change. */
export function changeText(before: number, after: number): string {
  return before === after ? String(after) : `${before} → ${after}`;
}

function detailsOf(event: StockEvent): string[] {
  switch (event.kind) {
    case 'StockReceived':
      return [`${event.quantity}`];
    case 'StockReserved':
      return [`${event.granted} of ${event.requested}`, `until ${timeText(event.expiresAt)}`];
    case 'ReservationConfirmed':
      return [`${event.quantity}`, event.late ? 'late' : ''];
    case 'ReservationReleased':
      return [`${event.quantity}`, event.tombstone ? 'before it was reserved' : ''];
    case 'ReservationExpired':
      return [`${event.quantity}`, `deadline ${timeText(event.expiresAt)}`];
    case 'ReservationExtended':
      return [`until ${timeText(event.expiresAt)}`];
    case 'StockReturned':
      return [`${event.quantity}`, `${event.returned} in all`];
    case 'StockAdjusted':
      return [`${event.delta}`, shown(event.reason)];
    case 'StockCounted':
      return [`${event.counted}`, shown(event.reason)];
    case 'ParkedRetried':
    case 'ParkedSkipped':
      return [`${event.waiting} waiting`];
    case 'CommandRejected': {
      const { command, reason, shortage } = event;
      return [`${command}: ${reason}`, shortage === null ? '' : `${shortage} missing`];
    }
  }
}
