import { Command, Option } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { OperationalError } from '../ops/errors.ts';
import { type LogPoint, parseLogPoint } from '../replay/logRange.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';
import { type Verification, holds, verifyEngines } from '../verify/verifyEngines.ts';
import { optionList } from './optionList.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { printLanes, printVerification } from './printVerification.ts';
import { readingProgress } from './readingProgress.ts';

interface Options {
  engine?: EngineName;
  partition?: number[];
  from: LogPoint;
  to?: LogPoint;
  jobs?: number;
  json?: boolean;
}

const examples = `
Folds the log of each lane through the same decisions as the processors, and compares what follows
with every level, reservation, remembered command, order and outbox row in MySQL and with every
record that was published. A lane is compared at its progress, in one snapshot; a range that ends
before it is compared in its outcomes only, because the tables are further. Changes nothing, sends
nothing; workers may go on meanwhile.

Examples:
  $ onhand replay verify                                all lanes of both engines
  $ onhand replay verify --engine stock --partition 3 4
  $ onhand replay verify --from checkpoint              when the log has lost its beginning
  $ onhand replay verify --partition 3 --from 2025-11-28T18:00Z --to 2025-11-28T19:00Z
  $ onhand replay verify --json                         for scripts

Exit code 1 when something differs: each finding says at which log offset, of which stock item or
order, and both values; the first of a lane is where it parts from its log.`;

/** `onhand replay verify`: proves that tables and topics are what the logs say. */
export function replayVerifyCommand(): Command {
  return new Command('verify')
    .description('prove that tables and topics are what the command and order logs say')
    .addOption(new Option('--engine <engine>', 'only this one').choices(engineNames))
    .option('--partition <number...>', 'only these', optionList(optionNumber(0)))
    .addOption(
      new Option('--from <point>', 'start, checkpoint, an offset, or a time')
        .argParser(parseLogPoint)
        .default('start'),
    )
    .option('--to <point>', 'end before an offset, or a time', parseLogPoint)
    .option('--jobs <number>', 'lanes at once (default: one per processor)', optionNumber(1))
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(verify);
}

async function verify({ partition, from, to, json, ...options }: Options): Promise<void> {
  if (to === 'checkpoint' || to === 'start') {
    const hint = 'Leave --to away to compare up to the progress of each lane.';
    throw new OperationalError('RANGE_INVALID', `--to cannot be ${to}`, { hint });
  }
  const { values: settings } = loadSettings();
  const progress = readingProgress('folding the logs');
  const verification = await verifyEngines(settings, {
    ...options,
    ...(partition && { partitions: partition }),
    range: { from, ...(to && { to }) },
    onProgress: (folded, total) => progress.show(folded, total),
  }).finally(() => progress.end());
  requireSome(verification);
  const ok = holds(verification);
  if (json) {
    const counts = Object.fromEntries(verification.counts);
    printLine(JSON.stringify({ ok, ...verification, counts }, null, 2));
  } else {
    printVerification(verification);
    printLanes(verification);
  }
  if (!ok) process.exitCode = 1;
}

/** What keeps every lane from being verified is the command's own error. */
function requireSome({ lanes, failures: [first] }: Verification): void {
  if (lanes.length > 0 || !first) return;
  const { code, message, hint } = first.failure;
  throw new OperationalError(code, message, { hint });
}
