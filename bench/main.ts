import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { Argument, Command } from 'commander';
import { errorColors, outputColors as colors } from '../src/ops/terminalColors.ts';
import { printLine } from '../src/cli/print.ts';
import { reportError } from '../src/cli/reportError.ts';
import { textTable } from '../src/ops/textTable.ts';
import { backlog } from './backlog.ts';
import { BenchError } from './benchError.ts';
import { type BenchmarkResult, type Scale, full, quick } from './benchmark.ts';
import { cleanUp } from './cleanUp.ts';
import { decide } from './decide.ts';
import { type Facts, readFacts } from './facts.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { orders } from './orders.ts';
import { ProgressView } from './progressView.ts';
import { throughput } from './throughput.ts';

type Benchmark = (scale: Scale, view: ProgressView) => Promise<BenchmarkResult>;

const benchmarks: Record<string, Benchmark> = {
  spread: (scale, view) => throughput('spread', scale, view),
  hot: (scale, view) => throughput('hot', scale, view),
  zipf: (scale, view) => throughput('zipf', scale, view),
  orders,
  latency,
  idle,
  backlog,
  decide,
};

/** What runs when nothing is named. */
const usual = ['spread', 'hot', 'latency', 'idle', 'backlog', 'decide'];

const help = `
Benchmarks:
  spread    orders on 1,000 SKUs: onhand, the source design, a guarded UPDATE; and what each costs
  hot       the same, all orders on one SKU
  zipf      the same, 1,000 SKUs by Zipf 1.0 (only when named)
  orders    orders of three lines, event to verdict: onhand, the source design, one transaction of a
            monolith; and onhand's latency at 20 % and 80 % of its maximum (only when named)
  latency   command due → event read, at 20/s and 200/s
  idle      CPU of a processor that has nothing to do
  backlog   how fast, and in how much memory, a processor works off what has gathered
  decide    the decision core alone, in memory

Examples:
  $ npm run bench                              all but zipf and orders, quick: some ten minutes
  $ npm run bench -- spread hot --full         for figures to quote
  $ npm run bench -- latency --json FILE

Exit code 1 when anything was oversold, lost, doubled or out of order.`;

const program = new Command('bench')
  .description('Side by side on the same servers, in one run, every feature on.')
  .addArgument(
    new Argument('[names...]', 'what to run').choices(Object.keys(benchmarks)).default(usual),
  )
  .option('--full', 'more rounds, longer runs, a backlog of a million')
  .option('--json <file>', 'also write every single measurement to a file')
  .option('--verbose', 'print stack traces of errors')
  .addHelpText('after', help)
  .action(run);

let interrupted = false;
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);

try {
  await program.parseAsync();
} catch (error) {
  if (!interrupted) report(error);
} finally {
  if (!interrupted) await cleanUp();
}

async function run(names: string[], options: { full?: boolean; json?: string }): Promise<void> {
  const begun = Date.now();
  const view = new ProgressView();
  const facts = await readFacts();
  printFacts(facts);
  warnOfLoad();
  const results: BenchmarkResult[] = [];
  try {
    for (const name of names) {
      const result = await benchmarks[name]?.(options.full ? full : quick, view);
      if (result) results.push(result);
    }
  } finally {
    view.endBar();
    for (const { tables } of results) {
      for (const { title, head, rows, note } of tables) {
        printLine(`\n${colors.bold(title)}\n${textTable(head, rows)}\n${colors.dim(note)}`);
      }
    }
    if (options.json !== undefined) {
      const text = JSON.stringify({ at: new Date(begun).toISOString(), facts, results }, null, 2);
      writeFileSync(options.json, text + '\n');
    }
  }
  const faults = results.flatMap((result) => result.faults);
  for (const fault of faults) printLine(colors.red(`✗ ${fault}`));
  if (faults.length > 0) process.exitCode = 1;
  else printLine(colors.green('\n✓ nothing oversold, lost, doubled or out of order on any side'));
  printLine(colors.dim(`${((Date.now() - begun) / 1000).toFixed(0)} s in all`));
}

function interrupt(): void {
  interrupted = true;
  process.stderr.write('\ninterrupted, cleaning up\n');
  void cleanUp().finally(() => process.exit(130));
}

function printFacts(facts: Facts): void {
  const rows = Object.entries(facts).map(([what, values]) => [
    what,
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ]);
  for (const [what = '', text = ''] of rows) printLine(`${colors.bold(what.padEnd(9))}${text}`);
}

function warnOfLoad(): void {
  const [busy = 0] = loadavg();
  if (busy < availableParallelism() / 2) return;
  const text = `load average ${busy.toFixed(1)}: something else is busy, figures will be noisy`;
  process.stderr.write(`${errorColors.yellow('!')} ${text}\n`);
}

function report(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof BenchError) {
    process.stderr.write(`${errorColors.red('error')}: ${error.message}\n`);
    if (error.hint) process.stderr.write(`  ${error.hint}\n`);
  } else reportError(error, { verbose: program.opts<{ verbose?: boolean }>().verbose ?? false });
}
