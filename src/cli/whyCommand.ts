import { Command } from 'commander';
import { type OrderReservation, readOrderReservations } from '../api/orderReservations.ts';
import { exitCodes } from '../ops/exitCodes.ts';
import { outputColors as colors } from '../ops/terminalColors.ts';
import { type OrderStory, readOrderStory } from '../why/readOrderStory.ts';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';
import { readOrderEvents } from '../replay/readOrderEvents.ts';
import { reservationsTable } from './reservationsTable.ts';
import { shown } from '../why/shownText.ts';
import { storyText } from '../why/storyText.ts';
import { stockEventsTable } from './stockEventsTable.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadServers } from './withReadServers.ts';

const examples = `
The order's part of the log is decided again, as the processor did it: what came, what was asked of
the stock, which verdicts were given, the phase after each step. Nothing is changed, processors may
go on meanwhile. Of an order that was never sent to the order engine, but reserved directly, what
the stock engine has published is shown, refusals included; all of that topic is read for it.

Examples:
  $ onhand why order-4711
  $ onhand why order-4711 --json | jq '.steps[].facts[] | select(.kind == "VerdictGiven")'

Exit code 3 when no such order is known. Times in JSON are milliseconds since 1970.`;

/** `onhand why ORDER`: what happened to an order, and why. */
export function whyCommand(): Command {
  return new Command('why')
    .description('what happened to an order, step by step, and why')
    .argument('<order>', 'order id')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(why);
}

async function why(orderId: string, { json }: { json?: boolean }): Promise<void> {
  await withReadServers(async (servers) => {
    const { settings, logger, admin, pool } = servers;
    const progress = readingProgress();
    try {
      const story = await readOrderStory(settings, logger, admin, pool, orderId, progress.show);
      const reservations = await readOrderReservations(pool, settings, orderId);
      const isOrder = story.steps.length > 0 || story.order !== null;
      // Not of the order engine: a caller may have reserved for it directly.
      const stockEvents = isOrder ? [] : await readOrderEvents(servers, orderId, progress.show);
      progress.end();
      const known = isOrder || stockEvents.length + reservations.length > 0;
      if (json) printLine(JSON.stringify({ known, ...story, stockEvents, reservations }, null, 2));
      else print(story, stockEvents, reservations, isOrder);
      if (!known) process.exitCode = exitCodes.unknown;
    } finally {
      progress.end();
    }
  });
}

function print(
  story: OrderStory,
  stockEvents: PublishedStockEvent[],
  reservations: OrderReservation[],
  isOrder: boolean,
): void {
  if (isOrder) printLine(storyText(story));
  else {
    const { topic, partition, low, high, orderId } = story;
    const cut = low > 0 ? ' Older ones were deleted by retention.' : '';
    printLine(
      `order ${shown(orderId)} is unknown to the order engine: MySQL has no row of it, and ` +
        `nothing names it in ${topic}, partition ${partition}, offsets ${low} up to ${high}.${cut}`,
    );
    printLine(
      stockEvents.length > 0
        ? `\n${colors.bold('what the stock engine was asked for it directly')}`
        : 'Nor does any event of the stock engine: see `onhand dead-letter list`, `onhand lag`.',
    );
    if (stockEvents.length > 0) printLine(stockEventsTable(stockEvents));
  }
  if (reservations.length > 0) {
    printLine(`\n${colors.bold('reservations of the stock engine')}`);
    printLine(reservationsTable(reservations, Date.now()));
  } else if (isOrder) printLine('\nThe stock engine has no reservations of the order.');
}
