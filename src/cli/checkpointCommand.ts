import { Command, Option } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { checkLine } from '../ops/checkLine.ts';
import { confirmed } from '../ops/confirmed.ts';
import { textTable } from '../ops/textTable.ts';
import type { LaneChoice } from '../replay/chosenLanes.ts';
import { createCheckpoints } from '../replay/createCheckpoints.ts';
import { prunableCheckpoints, pruneCheckpoints } from '../replay/pruneCheckpoints.ts';
import { type Checkpoint, listCheckpoints } from '../storage/checkpoints.ts';
import { engineNames } from '../storage/progress.ts';
import { failedLanes, printFailedLanes } from './failedLanes.ts';
import { optionList } from './optionList.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { type ReadDatabase, withReadDatabase } from './withReadServers.ts';

interface PruneOptions {
  keep: number;
  yes?: boolean;
  json?: boolean;
}

const examples = `
A checkpoint is the state of a lane at an offset: a replay may begin there, so the log before
it need not be kept. Each is made only once the fold of the log, from the checkpoint before or from
the start, has shown that every row of the lane is right. Processors go on meanwhile.

Examples:
  $ onhand checkpoint create                           of every lane, at its progress
  $ onhand checkpoint create --engine stock --partition 3
  $ onhand checkpoint list
  $ onhand checkpoint prune --keep 3                   what would be deleted
  $ onhand checkpoint prune --keep 3 --yes
  $ onhand replay rebuild --from checkpoint            one that uses them`;

/** `onhand checkpoint`: makes, lists and deletes states from which a replay may begin. */
export function checkpointCommand(): Command {
  const checkpoint = new Command('checkpoint')
    .description('states of lanes from which a replay may begin')
    .addHelpText('after', examples);
  checkpoint
    .command('create')
    .description('put the state of lanes by, once it is proved')
    .addOption(new Option('--engine <engine>', 'only of this engine').choices(engineNames))
    .option('--partition <number...>', 'only these lanes', optionList(optionNumber(0)))
    .option('--json', 'print JSON')
    .action(create);
  checkpoint
    .command('list')
    .description('all checkpoints, the youngest of each lane first')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => withReadDatabase((database) => list(database, json)));
  checkpoint
    .command('prune')
    .description('delete old checkpoints')
    .requiredOption('--keep <count>', 'keep so many of each lane', optionNumber(0))
    .option('-y, --yes', 'do it: without it nothing is deleted, or you are asked')
    .option('--json', 'print JSON')
    .action(prune);
  return checkpoint;
}

async function create({ json, ...choice }: LaneChoice & { json?: boolean }): Promise<void> {
  const { values: settings } = loadSettings();
  const { show, end } = readingProgress('folding the logs');
  const outcomes = await createCheckpoints(settings, choice, show).finally(end);
  const { done } = outcomes;
  if (json) return printLine(JSON.stringify({ lanes: done, ...failedLanes(outcomes) }, null, 2));
  const made = done.flatMap(({ isNew, checkpoint }) => (isNew && checkpoint ? [checkpoint] : []));
  if (made.length > 0) printTable(made);
  const others = `${done.length - made.length} lanes have nothing new since their last one`;
  printLine(checkLine(true, `${made.length} checkpoints made`, others));
  printFailedLanes(outcomes);
}

async function list({ pool }: ReadDatabase, json?: boolean): Promise<void> {
  const all = await listCheckpoints(pool);
  if (json) return printLine(JSON.stringify(all, null, 2));
  if (all.length === 0) return printLine('there are no checkpoints: `onhand checkpoint create`');
  printTable(all);
}

async function prune({ keep, yes, json }: PruneOptions): Promise<void> {
  if (yes) {
    const { values: settings } = loadSettings();
    return printPruned(await pruneCheckpoints(settings, keep), true, json);
  }
  let planned: Checkpoint[] = [];
  await withReadDatabase(async ({ pool }) => {
    planned = await prunableCheckpoints(pool, keep);
  });
  printPruned(planned, false, json);
  if (planned.length === 0 || json || !process.stdin.isTTY) return;
  if (!(await confirmed(`Delete ${planned.length} checkpoints?`))) return;
  return prune({ keep, yes: true });
}

function printPruned(pruned: Checkpoint[], isDone: boolean, json?: boolean): void {
  if (json) return printLine(JSON.stringify({ deleted: isDone, checkpoints: pruned }, null, 2));
  if (pruned.length > 0) printTable(pruned);
  const count = `${pruned.length} checkpoints`;
  printLine(isDone ? `${count} deleted` : `${count} would be deleted: add --yes`);
}

const head = ['engine', 'lane', 'offset', 'log time', 'made', 'rows', 'bytes'];

function printTable(checkpoints: readonly Checkpoint[]): void {
  const rows = checkpoints.map((one) => {
    const { engine, lane, nextOffset, logTime, createdAt, rowCount, bytes } = one;
    const [time, made] = [logTime, createdAt].map((ms) => new Date(ms).toISOString());
    return [engine, lane, nextOffset, time ?? '', made ?? '', rowCount, bytes];
  });
  printLine(textTable(head, rows));
}
