import type {
  AskedLine,
  OrderEvent,
  OrderPlaced,
  StockReply,
} from '../domain/order/orderEvents.ts';
import { timeText } from '../ops/timeText.ts';
import { itemText, shown } from './shownText.ts';

/** Kind and id of an event, in one line. */
export function eventTitle(event: OrderEvent): string {
  if (event.kind === 'DeadlinesDue') return event.kind;
  return `${event.kind} ${shown(event.kind === 'StockReply' ? event.commandId : event.eventId)}`;
}

/** What an event says, for people. */
export function eventLines(event: OrderEvent): string[] {
  switch (event.kind) {
    case 'OrderPlaced':
      return [`${modeText(event)}, ${deadlineText(event)}`, ...event.lines.map(askedText)];
    case 'OrderPaid':
      return ['the order is paid'];
    case 'OrderCancelled':
      return [event.reason === '' ? 'no reason given' : `reason: ${shown(event.reason)}`];
    case 'OrderReturned':
      return event.lines.map(askedText);
    case 'StockReply':
      return [replyText(event)];
    case 'DeadlinesDue':
      return ['a tick: payment deadlines may have passed'];
  }
}

function modeText({ mode }: OrderPlaced): string {
  return mode === 'all' ? 'all or nothing' : 'what is there of it';
}

function deadlineText({ expiresAt, ttlSeconds }: OrderPlaced): string {
  const texts: string[] = [];
  if (expiresAt !== null) texts.push(`to be paid before ${timeText(expiresAt)}`);
  if (ttlSeconds !== null) texts.push(`to be paid within ${ttlSeconds} s`);
  return texts.length === 0 ? 'to be paid within the default time' : texts.join(' and ');
}

function askedText(line: AskedLine): string {
  return `${itemText(line)} ×${line.quantity}`;
}

function replyText({ sku, location, quantity, reason, shortage }: StockReply): string {
  const item = itemText({ sku, location });
  if (reason !== null) return `${item}: ${reasonText(reason, shortage)}`;
  return `${item}: done, ${quantity} ${quantity === 1 ? 'unit' : 'units'}`;
}

/** Why something was refused. */
export function reasonText(reason: string, shortage: number | null): string {
  return shortage === null ? reason : `${reason}, ${shortage} missing`;
}
