import { Command } from 'commander';
import { openTransactionText } from '../messaging/ends/openTransactionText.ts';
import { topicsOf } from '../messaging/topics.ts';
import { outputColors as colors } from '../ops/terminalColors.ts';
import { textTable } from '../ops/textTable.ts';
import { countProcessors } from '../replay/countProcessors.ts';
import { type LaneLag, readLag } from '../replay/readLag.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { withReadServers } from './withReadServers.ts';

interface Options {
  max?: number;
  maxSeconds?: number;
  json?: boolean;
}

const examples = `
Examples:
  $ onhand lag              how far each lane is behind its log, and its publisher behind the lane
  $ onhand lag --max 1000   for scripts: exit code 1 when a lane is more than 1000 records behind;
                            each lane by itself, not all together
  $ onhand lag --max-seconds 30
  $ onhand lag --json

A lag below 0 says that the log ends before what was applied. Then, and when the log does not hold
what was applied last, it was cut or replaced: exit code 1, and the first offset that differs.

"log end" counts what a sender has begun in a transaction and not ended; where such a transaction
holds a lane up for longer than ONHAND_OPEN_TRANSACTION_SECONDS, a line below the table names it.
"oldest" is the age of the oldest record that is not applied; "unpublished" counts outbox rows that
are not on Kafka yet; "owner" is the process that claimed the lane last, "gone" where no processor
of the engine is a member of its group. Then nothing is applied: exit code 1, whatever the lag is.
One that was killed counts as a member for ONHAND_SESSION_TIMEOUT_SECONDS.`;

/** `onhand lag`: how far the engines are behind their logs. */
export function lagCommand(): Command {
  return new Command('lag')
    .description('how far each lane is behind its log')
    .option('--max <records>', 'exit code 1 when a lane is further behind', optionNumber(0))
    .option('--max-seconds <age>', 'exit code 1 when its oldest record is older', optionNumber(0))
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(lag);
}

async function lag({ max = Infinity, maxSeconds = Infinity, json }: Options): Promise<void> {
  await withReadServers(async (servers) => {
    const processors = await countProcessors(servers.admin, servers.settings);
    const lanes = await readLag(servers);
    const total = totalOf(lanes);
    const stopped = engineNames.filter((engine) => processors[engine] === 0);
    const behind = lanes.filter(({ lagRecords }) => lagRecords > max);
    const late = lanes.filter(({ lagSeconds }) => lagSeconds > maxSeconds);
    const replaced = lanes.filter(({ replacedFrom }) => replacedFrom !== null);
    const ok = behind.length + late.length + replaced.length + stopped.length === 0;
    if (json) printLine(JSON.stringify({ ok, processors, total, lanes }, null, 2));
    else {
      print(lanes, total, stopped);
      printOpen(lanes, servers);
      for (const lane of replaced) printLine(colors.red(replacedText(lane)));
      printFailing(`more than ${max} records behind`, behind);
      printFailing(`records older than ${maxSeconds} s`, late);
      for (const engine of stopped) {
        printLine(colors.red(`no processor runs: nothing of the ${engine} engine is applied`));
      }
    }
    if (!ok) process.exitCode = 1;
  });
}

function printFailing(what: string, lanes: readonly LaneLag[]): void {
  if (lanes.length === 0) return;
  const names = lanes.map(({ engine, lane }) => `${engine} ${lane}`).join(', ');
  printLine(colors.red(`${what}: ${names}`));
}

function replacedText({ engine, lane, lagRecords, replacedFrom }: LaneLag): string {
  const end = lagRecords < 0 ? `ends ${-lagRecords} offsets before what was applied; it ` : '';
  return `the log of ${engine} ${lane} ${end}differs from what was applied from ${replacedFrom} on`;
}

type Total = Pick<LaneLag, 'lagRecords' | 'lagSeconds' | 'unpublished'>;

/** The oldest of all, and how much there is in all. */
function totalOf(lanes: readonly LaneLag[]): Total {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    // A log that is too short makes no other lane's lag smaller.
    lagRecords: sum(lanes.map(({ lagRecords }) => Math.max(0, lagRecords))),
    lagSeconds: Math.max(0, ...lanes.map(({ lagSeconds }) => lagSeconds)),
    unpublished: sum(lanes.map(({ unpublished }) => unpublished)),
  };
}

function print(lanes: readonly LaneLag[], total: Total, stopped: readonly EngineName[]): void {
  const rows = lanes.map(({ engine, lane, logEnd, nextOffset, owner, ...numbers }) => {
    const gone = stopped.includes(engine) ? ', gone' : '';
    const last = owner === null ? 'never claimed' : owner + gone;
    return [engine, lane, logEnd, nextOffset, ...cells(numbers), last];
  });
  const head = ['engine', 'lane', 'log end', 'applied', 'lag', 'oldest', 'unpublished', 'owner'];
  printLine(textTable(head, [...rows, ['total', '', '', '', ...cells(total), '']]));
}

/** Transactions that hold lanes up for longer than a transaction of a busy sender takes. */
function printOpen(lanes: readonly LaneLag[], { topics, settings }: ReplaySources): void {
  for (const { engine, lane, logEnd: end, open } of lanes) {
    if (!open) continue;
    const seconds = open.since === null ? 0 : (Date.now() - open.since) / 1000;
    if (seconds < settings.ONHAND_OPEN_TRANSACTION_SECONDS) continue;
    const place = { topic: topicsOf(topics, engine).input.name, lane, end, stable: open.from };
    const { reason, hint } = openTransactionText(place, open.transaction ?? undefined);
    printLine(colors.yellow(`${engine} ${lane}: ${reason}, for ${Math.round(seconds)} s`));
    printLine(`  ${hint}`);
  }
}

function cells({ lagRecords, lagSeconds, unpublished }: Total) {
  return [lagRecords, lagSeconds === 0 ? '' : `${lagSeconds.toFixed(1)} s`, unpublished];
}
