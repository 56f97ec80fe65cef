import { Command, Option } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { checkLine } from '../ops/checkLine.ts';
import { confirmed } from '../ops/confirmed.ts';
import { textTable } from '../ops/textTable.ts';
import type { LaneOutcomes } from '../replay/eachLane.ts';
import type { RebuiltLane } from '../replay/rebuildLane.ts';
import { type RebuildRequest, planRebuild, rebuildLanes } from '../replay/rebuildLanes.ts';
import { engineNames } from '../storage/progress.ts';
import { failedLanes, printFailedLanes } from './failedLanes.ts';
import { optionList } from './optionList.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';

interface Options extends RebuildRequest {
  yes?: boolean;
  json?: boolean;
}

const examples = `
Folds lanes from their logs into shadow tables, beside the processors, and compares. What differs is
then made what the log says: one transaction per lane, which fences the lane's owner; it claims the
lane again by itself. Rows that are as they should be are not written, and nothing is published.
Without --yes it says what it would change, and on a terminal it asks.

Examples:
  $ onhand replay rebuild                                      every lane: what would change
  $ onhand replay rebuild --engine stock --partition 3 --yes   mend one lane
  $ onhand replay rebuild --from checkpoint                    where the log's beginning is gone
  $ onhand replay rebuild --json                               the same for scripts

Exit code 1 when a lane could not be rebuilt.`;

/** `onhand replay rebuild`: makes lanes what their logs say. */
export function replayRebuildCommand(): Command {
  return new Command('rebuild')
    .description('make the rows of lanes what their logs say')
    .addOption(new Option('--engine <engine>', 'only of this engine').choices(engineNames))
    .option('--partition <number...>', 'only these lanes', optionList(optionNumber(0)))
    .addOption(
      new Option('--from <point>', 'begin at the start of the log or at the last checkpoint')
        .choices(['start', 'checkpoint'])
        .default('start'),
    )
    .option('-y, --yes', 'do it: without it nothing is changed, or you are asked')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(rebuild);
}

async function rebuild({ yes, json, ...request }: Options): Promise<void> {
  const { values: settings } = loadSettings();
  const working = async (work: typeof planRebuild) => {
    const { show, end } = readingProgress('folding the logs');
    try {
      return await work(settings, request, show);
    } finally {
      end();
    }
  };
  if (yes) return print(await working(rebuildLanes), true, json);
  const plan = await working(planRebuild);
  print(plan, false, json);
  const wrong = plan.done.filter(({ isSame }) => !isSame).length;
  if (wrong === 0 || json || !process.stdin.isTTY) return;
  if (await confirmed(`Rebuild ${wrong} lanes?`)) print(await working(rebuildLanes), true, json);
}

function print(outcomes: LaneOutcomes<RebuiltLane>, isApplied: boolean, json?: boolean): void {
  const { done } = outcomes;
  if (json) {
    printLine(
      JSON.stringify({ applied: isApplied, lanes: done, ...failedLanes(outcomes) }, null, 2),
    );
    return;
  }
  const wrong = done.filter(({ isSame }) => !isSame);
  if (wrong.length > 0) printLine(textTable(head, wrong.flatMap(tableRows)));
  const records = done.reduce((sum, lane) => sum + lane.records, 0);
  const folded = `${done.length} lanes, ${records.toLocaleString('en')} records folded`;
  const verb = isApplied ? 'were mended' : 'would be mended: add --yes';
  const verdict = wrong.length === 0 ? 'lanes are what their logs say' : `${wrong.length} ${verb}`;
  printLine(checkLine(isApplied || wrong.length === 0, verdict, folded));
  printFailedLanes(outcomes);
}

const head = ['engine', 'lane', 'offset', 'table', 'missing', 'too many', 'differing'];

function tableRows({ engine, lane, offset, tables, wrongProgress }: RebuiltLane) {
  const rows: (string | number)[][] = Object.entries(tables).map(([table, found]) => {
    return [engine, lane, offset, table, found.missing, found.surplus, found.differing];
  });
  if (wrongProgress.length > 0) rows.push([engine, lane, offset, 'progress', 0, 0, 1]);
  return rows;
}
