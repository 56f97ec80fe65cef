import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Pool } from 'mysql2/promise';
import { pino } from 'pino';
import { StockCommandProducer } from '../../producers/stockCommandProducer.ts';
import type { Settings } from '../config/settings.ts';
import type { AskingCommand } from '../domain/commands.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { decodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { confirmed } from '../ops/confirmed.ts';
import { OperationalError } from '../ops/errors.ts';
import { textTable } from '../ops/textTable.ts';
import { readFailedDecisions } from '../storage/failedDecisions.ts';
import { listParkedItems, readParked } from '../storage/parkedCommands.ts';
import { printLine } from './print.ts';
import { withReadDatabase } from './withReadServers.ts';

const answerWaitMs = 30_000;

interface Options {
  location: string;
  json?: boolean;
  yes?: boolean;
  dryRun?: boolean;
}

const examples = `
A command whose decision fails again and again is parked; later commands of its stock item wait
behind it in order, everything else goes on. Both actions are commands in the log themselves.

Examples:
  $ onhand parked list
  $ onhand parked show 85123A
  $ onhand parked retry 85123A              after the cause was mended: decide all, in order
  $ onhand parked skip 85123A --dry-run     what would be given up
  $ onhand parked skip 85123A --yes         refuse the first one (SKIPPED_BY_OPERATOR)`;

/** `onhand parked`: lists, shows, retries and skips commands that could not be decided. */
export function parkedCommand(): Command {
  const parked = new Command('parked')
    .description('commands that could not be decided, and those that wait behind them')
    .addHelpText('after', examples);
  parked
    .command('list')
    .description('stock items with parked commands')
    .option('--json', 'print JSON')
    .action((options: Options) => withReadDatabase(({ pool }) => list(pool, options)));
  const onItem = (name: string, description: string) =>
    parked
      .command(name)
      .description(description)
      .argument('<sku>', 'stock keeping unit')
      .option('--location <location>', 'location of the stock item', 'main');
  onItem('show', 'the parked commands of a stock item, in order')
    .option('--json', 'print JSON')
    .action((sku: string, options: Options) =>
      withReadDatabase(({ pool, settings }) => show(pool, settings, sku, options)),
    );
  onItem('retry', 'decide the parked commands again, in order')
    .option('--dry-run', 'only say what would be taken up again')
    .action((sku: string, options: Options) =>
      withReadDatabase(({ pool, settings }) => act('RetryParked', pool, settings, sku, options)),
    );
  onItem('skip', 'give up the first parked command: it is refused')
    .option('--dry-run', 'only say what would be given up')
    .option('-y, --yes', 'do not ask')
    .action((sku: string, options: Options) =>
      withReadDatabase(({ pool, settings }) => act('SkipParked', pool, settings, sku, options)),
    );
  return parked;
}

async function list(pool: Pool, { json }: Options): Promise<void> {
  const items = await listParkedItems(pool);
  if (json) return printLine(JSON.stringify(items, null, 2));
  if (items.length === 0) return printLine('nothing is parked');
  const rows = items.map(({ lane, sku, location, waiting, since, reason }) => {
    return [lane, sku, location, waiting, new Date(since).toISOString(), reason ?? ''];
  });
  printLine(textTable(['lane', 'SKU', 'location', 'waiting', 'since', 'reason'], rows));
}

async function show(pool: Pool, settings: Settings, sku: string, options: Options): Promise<void> {
  const rows = await parkedRows(pool, settings, sku, options.location);
  const failed = new Map(
    (await readFailedDecisions(pool, 'stock', laneOf(settings, sku))).map((one) => [
      one.offset,
      one.reason,
    ]),
  );
  const commands = rows.map(({ offset, time, value }) => {
    const reason = failed.get(offset) ?? null;
    return {
      offset,
      time: new Date(time).toISOString(),
      reason,
      command: decodeStockCommand(value),
    };
  });
  if (options.json) return printLine(JSON.stringify(commands, null, 2));
  if (commands.length === 0) return printLine(`nothing is parked of ${sku} at ${options.location}`);
  const cells = commands.map(({ offset, time, command, reason }) => {
    const { commandId } = command as AskingCommand;
    return [offset, time, command.kind, commandId, reason ?? 'waits behind'];
  });
  printLine(textTable(['offset', 'time', 'command', 'id', 'reason'], cells));
}

async function act(
  kind: 'RetryParked' | 'SkipParked',
  pool: Pool,
  settings: Settings,
  sku: string,
  options: Options,
): Promise<void> {
  const { location } = options;
  const before = await parkedRows(pool, settings, sku, location);
  const [first] = before;
  if (!first) {
    throw new OperationalError('NOTHING_PARKED', `nothing is parked of ${sku} at ${location}`, {
      hint: 'See what is with `onhand parked list`.',
    });
  }
  const meant =
    kind === 'RetryParked'
      ? `${before.length} commands would be decided`
      : `the command at offset ${first.offset} would be refused`;
  if (options.dryRun) return printLine(meant);
  if (kind === 'SkipParked' && !(await confirmed(`${meant}. Go on?`, options.yes))) return;
  const producer = new StockCommandProducer(settings, pino({ level: 'silent' }));
  try {
    await producer.connect();
    await producer.send([{ kind, commandId: `operator-${randomUUID()}`, sku, location }]);
  } catch (error) {
    throw toOperationalError(error, settings);
  } finally {
    await producer.disconnect();
  }
  const after = await untilAnswered(pool, settings, sku, location, first.offset);
  printLine(after === 0 ? 'nothing is parked any more' : `${after} commands are still parked`);
}

/** Commands left; the first one gone says that the command was carried out. */
async function untilAnswered(
  pool: Pool,
  settings: Settings,
  sku: string,
  location: string,
  firstOffset: number,
): Promise<number> {
  for (const deadline = Date.now() + answerWaitMs; Date.now() < deadline; await sleep(200)) {
    const rows = await parkedRows(pool, settings, sku, location);
    if (rows[0]?.offset !== firstOffset) return rows.length;
  }
  throw new OperationalError(
    'STILL_PARKED',
    `${sku} at ${location} is parked at the same command`,
    {
      hint: 'Its decision failed again, or no processor runs: see the log of `onhand run`.',
    },
  );
}

function parkedRows(pool: Pool, settings: Settings, sku: string, location: string) {
  return readParked(pool, laneOf(settings, sku), sku, location);
}

function laneOf(settings: Settings, sku: string): number {
  return partitionOf(sku, settings.ONHAND_PARTITIONS);
}
