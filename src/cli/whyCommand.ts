import { Command } from 'commander';
import { pino } from 'pino';
import { type OrderReservation, readOrderReservations } from '../api/orderReservations.ts';
import { loadSettings } from '../config/loadSettings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { outputColors as colors } from '../ops/terminalColors.ts';
import { textTable } from '../ops/textTable.ts';
import { openDatabase, requireDatabase } from '../storage/database.ts';
import { type OrderStory, readOrderStory } from '../why/readOrderStory.ts';
import { shown, timeText } from '../why/shownText.ts';
import { storyText } from '../why/storyText.ts';
import { printLine } from './print.ts';

const progressAfterMs = 1000;
const progressEveryMs = 200;

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
  const { values: settings } = loadSettings();
  const logger = pino({ level: 'silent' });
  const pool = openDatabase(settings, 'read', 1);
  try {
    await requireDatabase(pool, settings);
    const admin = await connectAdmin(settings, logger);
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
      await admin.disconnect();
    }
  } finally {
    await pool.end();
  }
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
  if (reservations.length > 0) printLine('\n' + reservationsText(reservations));
  else if (known) printLine('\nThe stock engine has no reservations of the order.');
}

function reservationsText(reservations: readonly OrderReservation[]): string {
  const units = ['granted', 'pending', 'confirmed', 'released', 'expired', 'returned'] as const;
  const rows = reservations.map((one) => [
    one.sku,
    one.location,
    ...units.map((unit) => one[unit]),
    one.tombstone ? 'released before it was reserved' : timeText(one.expiresAt),
  ]);
  const table = textTable(['SKU', 'location', ...units, 'expires'], rows);
  return `${colors.bold('reservations of the stock engine')}\n${table}`;
}

/** Says on a terminal how far reading is, once that takes long enough to be wondered at. */
function readingProgress() {
  const begun = performance.now();
  let shownAt = begun + progressAfterMs - progressEveryMs;
  let isShown = false;
  return {
    show: (read: number, total: number) => {
      const now = performance.now();
      if (!process.stderr.isTTY || now - shownAt < progressEveryMs) return;
      shownAt = now;
      isShown = true;
      process.stderr.write(`\rreading the log: ${read} of ${total}`);
    },
    end: () => {
      if (isShown) process.stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}
