import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { partitionOf } from '../messaging/partitionOf.ts';
import { textTable } from '../ops/textTable.ts';
import { chosenLanes } from '../replay/chosenLanes.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import type { WhatIf } from '../replay/whatIf.ts';
import { type WhatIfSum, whatIfLanes } from '../replay/whatIfLanes.ts';
import { requireWhatIf } from '../replay/requireWhatIf.ts';
import { listLanes } from '../storage/listLanes.ts';
import { changeText } from '../why/stockEventText.ts';
import { optionList } from './optionList.ts';
import { optionNumber } from './optionNumber.ts';
import { type StartingLevel, optionStart } from './optionStart.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadServers } from './withReadServers.ts';

interface Options {
  reservationTtl?: number;
  reservationTtlMax?: number;
  commandMemory?: number;
  overrideDeadlines?: boolean;
  start?: StartingLevel[];
  partition?: number[];
  sku?: string[];
  from: 'start' | 'checkpoint';
  top: number;
  jobs: number;
  json?: boolean;
}

const examples = `
Folds the command log twice, with the settings in force and with others, and shows where that makes
a difference: commands refused, units sold (confirmed), most units reserved at once. That buyers
would then have done something else is beyond it. Nothing is changed, nothing is sent.

A command may name its own deadline, and those of the order engine do: --override-deadlines makes
the settings count for them, too. --start says how many units are on hand before the first command;
what the log receives comes on top of them.

Examples:
  $ onhand replay what-if --reservation-ttl 600
  $ onhand replay what-if --reservation-ttl 600 --override-deadlines --partition 3 4
  $ onhand replay what-if --start 85123A=500 --start 22423@outlet=20 --sku 85123A 22423
  $ onhand replay what-if --start 85123A=500 --json | jq .total`;

/** `onhand replay what-if`: the same log under other settings. */
export function replayWhatIfCommand(): Command {
  const seconds = optionNumber(1);
  return new Command('what-if')
    .description('what the stock log would have led to under other settings')
    .option('--reservation-ttl <seconds>', 'life of a reservation that names none', seconds)
    .option('--reservation-ttl-max <seconds>', 'longest life of a reservation', seconds)
    .option('--command-memory <hours>', 'how long command ids are remembered', optionNumber(1))
    .option('--override-deadlines', 'also where a command names its own deadline')
    .option('--start <sku[@location]=units>', 'on hand at the beginning', optionList(optionStart))
    .option('--partition <number...>', 'only these', optionList(optionNumber(0)))
    .option('--sku <sku...>', 'only the partitions of these SKUs', optionList(String))
    .addOption(
      new Option('--from <point>', 'begin here').choices(['start', 'checkpoint']).default('start'),
    )
    .option('--top <count>', 'show so many stock items, the most different', optionNumber(1), 20)
    .addOption(
      new Option('--jobs <number>', 'lanes at once')
        .argParser(optionNumber(1))
        .default(availableParallelism(), 'one per processor'),
    )
    .option('--json', 'print JSON, with every stock item that differs')
    .addHelpText('after', examples)
    .action(async (options: Options, command: Command) => {
      const { reservationTtl, reservationTtlMax, commandMemory, start } = options;
      const changes = [reservationTtl, reservationTtlMax, commandMemory, start];
      if (changes.every((change) => change === undefined) && !options.overrideDeadlines) {
        command.error('error: say what is to be different, such as --reservation-ttl 600');
      }
      await withReadServers((servers) => whatIf(servers, options));
    });
}

async function whatIf(servers: ReplaySources, options: Options): Promise<void> {
  const { settings, pool } = servers;
  const { from: begin, jobs, json, top } = options;
  const asked = assumption(options);
  requireWhatIf(settings, asked);
  const partition = partitionsOf(options, settings.ONHAND_PARTITIONS);
  const chosen = await chosenLanes(pool, settings, {
    engine: 'stock',
    ...(partition.length > 0 && { partition }),
  });
  const tasks = chosen.map(({ lane }) => ({ lane, begin, whatIf: asked }));
  const lanes = (await listLanes(pool)).filter(
    ({ engine, lane }) => engine === 'stock' && chosen.some((one) => one.lane === lane),
  );
  const total = lanes.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
  const progress = readingProgress('folding the log');
  let folded = 0;
  const sum = await whatIfLanes(settings, tasks, Math.min(jobs, tasks.length), (count) => {
    folded += count;
    progress.show(folded, total);
  }).finally(progress.end);
  if (json) printLine(JSON.stringify(sum, null, 2));
  else print(sum, top, asked);
}

function assumption(options: Options): WhatIf {
  const { reservationTtl, reservationTtlMax, commandMemory, overrideDeadlines = false } = options;
  return {
    policy: {
      ...(reservationTtl !== undefined && { reservationTtlMs: reservationTtl * 1000 }),
      ...(reservationTtlMax !== undefined && { reservationTtlMsMax: reservationTtlMax * 1000 }),
      ...(commandMemory !== undefined && { commandMemoryMs: commandMemory * 3_600_000 }),
    },
    overrideDeadlines,
    starts: options.start ?? [],
  };
}

function partitionsOf({ partition = [], sku = [] }: Options, partitions: number): number[] {
  return [...new Set([...partition, ...sku.map((one) => partitionOf(one, partitions))])];
}

function print(sum: WhatIfSum, top: number, { overrideDeadlines }: WhatIf): void {
  const { lanes, records, total, items, reserved } = sum;
  const rows = items
    .slice(0, top)
    .map(({ sku, location, now, whatIf: other }) => [
      sku,
      location,
      changeText(now.refused, other.refused),
      changeText(now.sold, other.sold),
      changeText(now.peakReserved, other.peakReserved),
    ]);
  const { now, whatIf: other } = total;
  const totals = [changeText(now.refused, other.refused), changeText(now.sold, other.sold), ''];
  const head = ['SKU', 'location', 'refused', 'sold', 'peak reserved'];
  printLine(textTable(head, [...rows, ['all items', '', ...totals]]));
  if (items.length > top) printLine(`the ${top} most different of ${items.length} stock items`);
  if (items.length === 0) printLine('no stock item would have fared differently');
  printLine(`${records} commands of ${lanes.length} lanes folded: now → what if`);
  const own = reserved.all - reserved.byDefault;
  if (own === 0 || overrideDeadlines) return;
  printLine(
    `${own} of ${reserved.all} reservations kept a deadline of their own: --override-deadlines`,
  );
}
