import { Command } from 'commander';
import { type OrderReservation, readOrderReservations } from '../api/orderReservations.ts';
import { outputColors as colors } from '../ops/terminalColors.ts';
import { type OrderStory, readOrderStory } from '../why/readOrderStory.ts';
import { reservationsTable } from './reservationsTable.ts';
import { shown } from '../why/shownText.ts';
import { storyText } from '../why/storyText.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadServers } from './withReadServers.ts';

const examples = `
The order's part of the log is decided again, as the processor did it: what came, what was asked of
the stock, which verdicts were given, the phase after each step. Nothing is changed, processors may
go on meanwhile.

Examples:
  $ onhand why order-4711
  $ onhand why order-4711 --json | jq '.steps[].facts[] | select(.kind == "VerdictGiven")'

Exit code 1 when no such order is known. Times in JSON are milliseconds since 1970.`;

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
  await withReadServers(async ({ settings, logger, admin, pool }) => {
    const progress = readingProgress();
    try {
      const story = await readOrderStory(settings, logger, admin, pool, orderId, progress.show);
      const reservations = await readOrderReservations(pool, settings, orderId);
      progress.end();
      const known = story.steps.length > 0 || story.order !== null;
      if (json) printLine(JSON.stringify({ known, ...story, reservations }, null, 2));
      else print(story, reservations, known);
      if (!known) process.exitCode = 1;
    } finally {
      progress.end();
    }
  });
}

function print(story: OrderStory, reservations: OrderReservation[], known: boolean): void {
  if (known) printLine(storyText(story));
  else {
    const { topic, partition, low, high, orderId } = story;
    const cut = low > 0 ? ' Older ones were deleted by retention.' : '';
    printLine(
      `order ${shown(orderId)} is unknown: MySQL has no row of it, and nothing names it in ` +
        `${topic}, partition ${partition}, offsets ${low} up to ${high}.${cut}`,
    );
  }
  if (reservations.length > 0) {
    printLine(`\n${colors.bold('reservations of the stock engine')}`);
    printLine(reservationsTable(reservations, Date.now()));
  } else if (known) printLine('\nThe stock engine has no reservations of the order.');
}
