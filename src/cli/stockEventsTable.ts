import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import { textTable } from '../ops/textTable.ts';
import { timeText } from '../ops/timeText.ts';
import { itemText, shown } from '../why/shownText.ts';
import { changeText, stockEventText } from '../why/stockEventText.ts';

/** Events of one order, of whatever stock items. */
export function stockEventsTable(events: readonly PublishedStockEvent[]): string {
  const rows = events.map((event) => [
    timeText(event.time),
    itemText(event),
    stockEventText(event),
    shown(event.commandId ?? ''),
    changeText(event.onHandBefore, event.onHandAfter),
    changeText(event.reservedBefore, event.reservedAfter),
  ]);
  return textTable(['time', 'stock item', 'event', 'command', 'on hand', 'reserved'], rows);
}
