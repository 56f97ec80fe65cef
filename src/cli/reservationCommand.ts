import { Command } from 'commander';
import { readOrderReservations } from '../api/orderReservations.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { OperationalError } from '../ops/errors.ts';
import { textTable } from '../ops/textTable.ts';
import { readOpenReservations } from '../storage/openReservations.ts';
import { reservationsTable } from './reservationsTable.ts';
import { timeText } from '../ops/timeText.ts';
import { shown } from '../why/shownText.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { type ReadDatabase, withReadDatabase } from './withReadServers.ts';

interface Options {
  sku?: string;
  due?: boolean;
  limit: number;
  json?: boolean;
}

const examples = `
A reservation is what an order holds, or held, of one stock item. Without an order those are listed
that still hold units, the earliest deadline first.

Examples:
  $ onhand reservation order-4711               all reservations of an order, with their deadlines
  $ onhand reservation order-4711 --sku 85123A
  $ onhand reservation --sku 85123A             who holds the units of a SKU
  $ onhand reservation --due                    past the deadline and still counted as reserved

From its deadline on a reservation is expired, whether or not a tick has moved its units: whoever
wants them gets them. Deadlines go by the log time of the SKU's lane, where that is ahead.`;

/** `onhand reservation`: what an order holds, or who holds what. */
export function reservationCommand(): Command {
  return new Command('reservation')
    .description('what an order holds, or all that is held')
    .argument('[order]', 'order id')
    .option('--sku <sku>', 'only of this stock keeping unit')
    .option('--due', 'without an order: only what is past its deadline')
    .option('--limit <count>', 'without an order: so many rows at most', optionNumber(1), 20)
    .option('--json', 'print JSON, times in milliseconds since 1970')
    .addHelpText('after', examples)
    .action((orderId: string | undefined, options: Options) =>
      withReadDatabase((database) =>
        orderId === undefined ? listOpen(database, options) : show(database, orderId, options),
      ),
    );
}

async function show(
  { settings, pool }: ReadDatabase,
  orderId: string,
  { sku, json }: Options,
): Promise<void> {
  const all = await readOrderReservations(pool, settings, orderId);
  const reservations = all.filter((one) => sku === undefined || one.sku === sku);
  if (reservations.length === 0) {
    const what = sku === undefined ? 'stock' : shown(sku);
    throw new OperationalError('ORDER_UNKNOWN', `no ${what} was reserved for ${shown(orderId)}`, {
      hint: 'Why not, `onhand why ORDER` tells: what was asked for it, and what was refused.',
    });
  }
  if (json) printLine(JSON.stringify({ orderId, reservations }, null, 2));
  else printLine(reservationsTable(reservations, Date.now()));
}

async function listOpen(
  { settings, pool }: ReadDatabase,
  { sku, due, limit, json }: Options,
): Promise<void> {
  const lanes = Array.from({ length: settings.ONHAND_PARTITIONS }, (_, lane) => lane);
  const asked = sku === undefined ? lanes : [partitionOf(sku, lanes.length)];
  const now = Date.now();
  const filter = { ...(sku !== undefined && { sku }), ...(due && { dueBy: now }) };
  // One more than wanted tells whether there are more.
  const found = await readOpenReservations(pool, asked, filter, limit + 1);
  const open = found.slice(0, limit);
  if (json) return printLine(JSON.stringify({ open, hasMore: found.length > limit }, null, 2));
  if (open.length === 0) return printLine(due ? 'nothing is overdue' : 'nothing is reserved');
  const rows = open.map((one) => {
    const deadline =
      timeText(one.expiresAt) + (one.expiresAt <= Math.max(now, one.logTime) ? ', passed' : '');
    return [one.sku, one.location, one.orderId, one.pending, timeText(one.startedAt), deadline];
  });
  printLine(textTable(['SKU', 'location', 'order', 'held', 'since', 'deadline'], rows));
  if (found.length > limit) printLine(`and more: --limit is ${limit}`);
}
