import { Command, Option } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { isLacking } from '../missing/laneLack.ts';
import {
  type MendedLane,
  type MissingRequest,
  planMissing,
  publishMissing,
} from '../missing/publishMissing.ts';
import { confirmed } from '../ops/confirmed.ts';
import type { LaneOutcomes } from '../replay/eachLane.ts';
import { engineNames } from '../storage/progress.ts';
import { failedLanes } from './failedLanes.ts';
import { optionList } from './optionList.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { printMissing } from './printMissing.ts';
import { readingProgress } from './readingProgress.ts';

interface Options extends MissingRequest {
  yes?: boolean;
  json?: boolean;
}

const examples = `
Folds the logs of lanes and looks on Kafka for every message that follows from them and that its
publisher claims to have published. What is not there is sent with its original key, bytes, ids and
numbers, in transactions; processors go on meanwhile. What is there twice, or out of order, cannot
be taken back: it is listed. Without --yes it says what it would send, and on a terminal it asks.

A message that is sent now stands behind younger ones, with the header onhand-published-late where
readers go by order (events, verdicts, dead letters). Of levels only the last one of an item goes.

Examples:
  $ onhand replay publish-missing                                      what is missing, by lane
  $ onhand replay publish-missing --engine stock --partition 3 --yes   send it for one lane
  $ onhand replay publish-missing --from checkpoint     when the log has lost its beginning
  $ onhand replay publish-missing --json                the same for scripts, every number and id

Exit code 1 when a lane could not be looked at, or not all of it be sent: nothing is sent twice when
the command is given again.`;

/** `onhand replay publish-missing`: sends what lanes should have published and have not. */
export function replayPublishMissingCommand(): Command {
  return new Command('publish-missing')
    .description('send what lanes should have published and what is not on Kafka')
    .addOption(new Option('--engine <engine>', 'only of this engine').choices(engineNames))
    .option('--partition <number...>', 'only these lanes', optionList(optionNumber(0)))
    .addOption(
      new Option('--from <point>', 'look from the start of the log or from the last checkpoint')
        .choices(['start', 'checkpoint'])
        .default('start'),
    )
    .option('-y, --yes', 'send it: without it nothing is sent, or you are asked')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(publish);
}

async function publish({ yes, json, ...request }: Options): Promise<void> {
  const { values: settings } = loadSettings();
  const working = async (work: typeof planMissing) => {
    const { show, end } = readingProgress('folding the logs');
    try {
      return await work(settings, request, show);
    } finally {
      end();
    }
  };
  const print = (outcomes: LaneOutcomes<MendedLane>, isSent: boolean) => {
    if (!json) return printMissing(outcomes, isSent);
    const { done: lanes } = outcomes;
    printLine(JSON.stringify({ sent: isSent, lanes, ...failedLanes(outcomes) }, null, 2));
  };
  if (yes) return print(await working(publishMissing), true);
  const plan = await working(planMissing);
  print(plan, false);
  const lacking = plan.done.filter(isLacking).length;
  if (lacking === 0 || json || !process.stdin.isTTY) return;
  if (await confirmed(`Send what ${lacking} lanes lack?`)) {
    print(await working(publishMissing), true);
  }
}
