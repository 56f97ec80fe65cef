import { Command } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { checkLine } from '../ops/checkLine.ts';
import { textTable } from '../ops/textTable.ts';
import { openDatabase } from '../storage/database.ts';
import { requireDatabase } from '../storage/requireDatabase.ts';
import { codeOf, toStorageError } from '../storage/storageErrors.ts';
import { type ViewCheck, checkView } from '../view/checkView.ts';
import type { ViewFinding, ViewPair } from '../view/compareLevels.ts';
import { rebuildView } from '../view/rebuildView.ts';
import { connectViewClient, isViewError, toViewError } from '../view/viewClient.ts';
import { printLine } from './print.ts';

/** Findings that are kept, and those of them that people are shown. */
const findingsMax = 1000;
const findingsShown = 20;

const mendHint =
  'First `onhand replay verify`: if it finds nothing wrong with MySQL, mend them with ' +
  '`onhand view rebuild`.';
const aheadHint =
  'Redis is ahead of MySQL: a database that was put back makes up for it from the log, when a ' +
  'processor runs. Check again when `onhand lag` is 0. ' +
  mendHint;

interface Options {
  json?: boolean;
}

const examples = `
Levels in Redis are a copy for readers: the stock does not depend on them, and processors make up by
themselves for what Redis has lost. Both commands may run while processors go on.

Examples:
  $ onhand view check      compare every level in Redis with MySQL; exit code 1 when one differs
  $ onhand view rebuild    make Redis hold what MySQL holds; harmless when repeated`;

/** `onhand view`: compares Redis with MySQL, and mends it. */
export function viewCommand(): Command {
  const view = new Command('view')
    .description('the copy of the levels in Redis')
    .addHelpText('after', examples);
  view
    .command('check')
    .description('compare every level in Redis with MySQL')
    .option('--json', 'print JSON')
    .action((options: Options) => withBoth((pair) => check(pair, options)));
  view
    .command('rebuild')
    .description('make Redis hold what MySQL holds')
    .option('--json', 'print JSON')
    .action((options: Options) => withBoth((pair) => rebuild(pair, options)));
  return view;
}

async function check(pair: ViewPair, { json }: Options): Promise<void> {
  const findings: ViewFinding[] = [];
  let differing = 0;
  const take = (found: ViewFinding[]) => {
    differing += found.length;
    findings.push(...found.slice(0, findingsMax - findings.length));
  };
  const { levels, lanes } = await checkView(pair, take, progress(pair));
  if (json) {
    const ok = differing === 0;
    printLine(JSON.stringify({ ok, levels, differing, lanes, findings }, null, 2));
  } else printCheck(levels, lanes, differing, findings);
  if (differing > 0) process.exitCode = 1;
}

function printCheck(
  levels: number,
  lanes: ViewCheck['lanes'],
  differing: number,
  findings: readonly ViewFinding[],
): void {
  const detail = `${levels} stock items in ${lanes.length} lanes`;
  printLine(checkLine(differing === 0, 'levels in Redis = levels in MySQL', detail));
  for (const state of ['behind', 'not followed'] as const) {
    const some = lanes.filter((one) => one.state === state).map(({ lane }) => lane);
    if (some.length > 0) printLine(`lanes ${state}, which readers are told: ${some.join(', ')}`);
  }
  if (findings.length === 0) return;
  const rows = findings.slice(0, findingsShown).map(({ sku, location, what, stored, viewed }) => {
    return [sku, location, what, levelText(stored), levelText(viewed)];
  });
  printLine(textTable(['SKU', 'location', 'what', 'MySQL', 'Redis'], rows));
  if (differing > rows.length) printLine(`and ${differing - rows.length} more`);
  printLine(findings.some(({ what }) => what === 'ahead') ? aheadHint : mendHint);
}

function levelText(level: ViewFinding['stored']): string {
  return level ? `${level.onHand}/${level.reserved} at ${level.sequence}` : '';
}

async function rebuild(pair: ViewPair, { json }: Options): Promise<void> {
  const rebuilt = await rebuildView(pair, progress(pair));
  if (json) return printLine(JSON.stringify(rebuilt, null, 2));
  const { levels, set, mended } = rebuilt;
  printLine(`${levels} stock items, ${set} levels brought up to date, ${mended} wrong ones mended`);
}

/** Says on a terminal how far it is. */
function progress({ settings }: ViewPair): (lane: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  const lanes = settings.ONHAND_PARTITIONS;
  return (lane) => {
    process.stderr.write(`\rlane ${lane + 1} of ${lanes}${lane + 1 < lanes ? '' : '\n'}`);
  };
}

async function withBoth(work: (pair: ViewPair) => Promise<void>): Promise<void> {
  const { values: settings } = loadSettings();
  const pool = openDatabase(settings, 'read', 1);
  try {
    await requireDatabase(pool, settings);
    const client = await connectViewClient(settings);
    try {
      await work({ settings, pool, client });
    } catch (error) {
      if (isViewError(error)) throw toViewError(error, settings);
      throw codeOf(error) === 'UNKNOWN' ? error : toStorageError(error, settings);
    } finally {
      client.disconnect();
    }
  } finally {
    await pool.end();
  }
}
