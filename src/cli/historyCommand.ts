import { Command } from 'commander';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import { OperationalError } from '../ops/errors.ts';
import { textTable } from '../ops/textTable.ts';
import type { EventSpan } from '../replay/eventRanges.ts';
import { parseLogPoint } from '../replay/logRange.ts';
import { type HistoryEnd, readHistory } from '../replay/readHistory.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import { timeText } from '../ops/timeText.ts';
import { itemText, shown } from '../why/shownText.ts';
import { changeText, stockEventOrder, stockEventText } from '../why/stockEventText.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadServers } from './withReadServers.ts';

interface Options extends EventSpan {
  location: string;
  limit: number;
  json?: boolean;
}

const examples = `
Examples:
  $ onhand history 85123A                                the last 100 events of a stock item
  $ onhand history 85123A --location outlet --limit 10
  $ onhand history 85123A --from 2025-11-28T18:00Z --to 2025-11-28T19:00Z
  $ onhand history 85123A --json | jq .kind              all of them, one per line

Read from the published events: --from and --to are start, an offset of that topic, or the time at
which an event was published. The offset that is shown is that of the cause in the command log.`;

/** `onhand history SKU`: what happened to a stock item. */
export function historyCommand(): Command {
  return new Command('history')
    .description('what happened to a stock item: its events, in order')
    .argument('<sku>', 'stock keeping unit')
    .option('--location <location>', 'location of the stock item', 'main')
    .option('--from <point>', 'begin here', parseLogPoint)
    .option('--to <point>', 'end before this', parseLogPoint)
    .option('--limit <count>', 'show so many, the last ones', optionNumber(1), 100)
    .option('--json', 'print every event as one line of JSON')
    .addHelpText('after', examples)
    .action((sku: string, options: Options) =>
      withReadServers((servers) => history(servers, sku, options)),
    );
}

async function history(servers: ReplaySources, sku: string, options: Options): Promise<void> {
  const { limit, json, location } = options;
  let last: PublishedStockEvent[] = [];
  let count = 0;
  const take = (event: PublishedStockEvent) => {
    count++;
    if (json) return printLine(JSON.stringify(event));
    last.push(event);
    if (last.length >= 2 * limit) last = last.slice(-limit);
  };
  const progress = readingProgress();
  try {
    const end = await readHistory(servers, { ...options, sku }, take, progress.show);
    progress.end();
    if (count === 0) throw unknown(sku, location, end);
    if (!json) print(last.slice(-limit), count, end, options);
  } finally {
    progress.end();
  }
}

function unknown(sku: string, location: string, end: HistoryEnd): OperationalError {
  const { topic, partition, from, to } = end;
  return new OperationalError(
    'STOCK_ITEM_UNKNOWN',
    `no event of ${itemText({ sku, location })} in ${topic}/${partition}, offsets ${from} to ${to}`,
    { hint: 'SKUs and locations are case-sensitive; older events may be deleted by retention.' },
  );
}

function print(
  events: readonly PublishedStockEvent[],
  count: number,
  { topic, unreadable }: HistoryEnd,
  { from }: Options,
): void {
  const rows = events.map((event) => [
    event.sequence,
    timeText(event.time),
    String(event.offset),
    stockEventText(event),
    shown(event.commandId ?? ''),
    stockEventOrder(event),
    changeText(event.onHandBefore, event.onHandAfter),
    changeText(event.reservedBefore, event.reservedAfter),
  ]);
  const head = ['number', 'time', 'offset', 'event', 'command', 'order', 'on hand', 'reserved'];
  printLine(textTable(head, rows));
  if (count > events.length) printLine(`the last ${events.length} of ${count} events`);
  const oldest = (events[0]?.sequence ?? 0) - (count - events.length);
  if (from === undefined && oldest > 1) {
    printLine(`the ${oldest - 1} events before them are not in ${topic} any more`);
  }
  if (unreadable > 0) printLine(`${unreadable} records of the SKU are no stock events`);
}
