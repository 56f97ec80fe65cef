import type { PublishedOrderVerdict } from '../messaging/orderStockEventCodec.ts';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import type { ChosenEvent } from '../replay/eventsSelection.ts';
import { timeText } from '../ops/timeText.ts';
import { shown } from './shownText.ts';
import { stockEventText } from './stockEventText.ts';

/** Column titles of what `eventRow` gives. */
export const eventsHead = ['partition', 'offset', 'published', 'key', 'number', 'event', 'answers'];

/** A published event for people: where it lies, and what it says. */
export function eventRow({ partition, record, event }: ChosenEvent): (string | number)[] {
  const { offset, timestamp, key } = record;
  const place = [partition, offset, timeText(Number(timestamp)), shown(String(key ?? ''))];
  return event ? [...place, event.sequence, ...said(event)] : [...place, '', 'unreadable', ''];
}

function said(event: PublishedStockEvent | PublishedOrderVerdict): string[] {
  if ('orderId' in event && 'answers' in event) {
    const reason = 'reason' in event ? ` ${event.reason}` : '';
    return [event.kind + reason, shown(event.answers ?? '')];
  }
  return [stockEventText(event), shown(event.commandId ?? '')];
}
