import { Command } from 'commander';
import { available } from '../domain/stockLevel.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { OperationalError } from '../ops/errors.ts';
import { textTable } from '../ops/textTable.ts';
import { levelsAt } from '../replay/levelsAt.ts';
import { type LogPoint, parseLogPoint } from '../replay/logRange.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import type { StoredLevel } from '../storage/readLane.ts';
import { readSkuLevels } from '../storage/skuLevels.ts';
import { timeText } from '../ops/timeText.ts';
import { itemText, shown } from '../why/shownText.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadDatabase, withReadServers } from './withReadServers.ts';

interface Options {
  location?: string;
  at?: LogPoint;
  json?: boolean;
}

const examples = `
Without --at the levels come from MySQL. With it the SKU's part of the command log is folded again,
with the settings in force now, from a checkpoint or the start: to before an offset of that log, or
a time. Nothing is changed; processors may go on meanwhile.

Examples:
  $ onhand level 85123A
  $ onhand level 85123A --location outlet --json
  $ onhand level 85123A --at 2025-11-28T18:00Z
  $ onhand level 85123A --at 120000               an offset as onhand history shows it`;

/** `onhand level SKU`: how much there is, or was. */
export function levelCommand(): Command {
  return new Command('level')
    .description('how much there is of a SKU, now or at an earlier time')
    .argument('<sku>', 'stock keeping unit')
    .option('--location <location>', 'only there')
    .option('--at <point>', 'before this offset of the command log, or this time', parseLogPoint)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((sku: string, { at, ...options }: Options) =>
      at === undefined ? levelNow(sku, options) : levelThen(sku, at, options),
    );
}

async function levelNow(sku: string, options: Options): Promise<void> {
  await withReadDatabase(async ({ settings, pool }) => {
    const lane = partitionOf(sku, settings.ONHAND_PARTITIONS);
    const levels = chosen(sku, await readSkuLevels(pool, lane, sku), options, '');
    if (options.json) printLine(JSON.stringify({ lane, levels }, null, 2));
    else printLevels(levels);
  });
}

async function levelThen(sku: string, at: LogPoint, options: Options): Promise<void> {
  await withReadServers(async (servers: ReplaySources) => {
    const progress = readingProgress('folding the log');
    const then = await levelsAt(servers, sku, at, progress.show).finally(progress.end);
    const { lane, offset, time, unapplied } = then;
    const levels = chosen(sku, then.levels, options, ` before offset ${offset} of lane ${lane}`);
    if (options.json) printLine(JSON.stringify({ ...then, levels }, null, 2));
    else {
      printLevels(levels);
      printLine(`in lane ${lane}, before offset ${offset}, log time ${timeText(time)}`);
      if (unapplied > 0) printLine(`${unapplied} offsets up to then are not applied yet`);
    }
  });
}

type ShownLevel = StoredLevel & { available: number };

function chosen(
  sku: string,
  levels: readonly StoredLevel[],
  { location }: Options,
  when: string,
): ShownLevel[] {
  const wanted = levels.filter((level) => location === undefined || level.location === location);
  if (wanted.length > 0) return wanted.map((one) => ({ ...one, available: available(one) }));
  const what = location === undefined ? shown(sku) : itemText({ sku, location });
  throw new OperationalError('STOCK_ITEM_UNKNOWN', `nothing is known of ${what}${when}`, {
    hint: 'SKUs and locations are case-sensitive.',
  });
}

function printLevels(levels: readonly ShownLevel[]): void {
  const rows = levels.map(({ sku, location, onHand, reserved, sequence, ...level }) => {
    return [sku, location, onHand, reserved, level.available, String(sequence)];
  });
  const head = ['SKU', 'location', 'on hand', 'reserved', 'available', 'last event'];
  printLine(textTable(head, rows));
}
