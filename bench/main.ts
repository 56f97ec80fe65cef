import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { errorColors, outputColors as colors } from '../src/ops/terminalColors.ts';
import { printLine } from '../src/cli/print.ts';
import { reportError } from '../src/cli/reportError.ts';
import {
  type Facts,
  type ScaleName,
  aimText,
  isReached,
  valueText,
} from '../src/docs/benchResults.ts';
import { textTable } from '../src/ops/textTable.ts';
import { stackPaths } from '../stack/stackPaths.ts';
import { BenchError } from './benchError.ts';
import type { BenchmarkResult } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { cleanUp } from './cleanUp.ts';
import { readFacts } from './facts.ts';
import { ProgressView } from './progressView.ts';
import { pictureOf, writeResults } from './resultsFile.ts';
import { type Suite, runSuite } from './runSuite.ts';

const names = benchmarks.map(({ name }) => name);
const usual = benchmarks.filter((benchmark) => benchmark.usual).map(({ name }) => name);
const usualFile = join(stackPaths.folder, 'bench', 'results.json');
/** What runs when nothing is named ends within ten minutes. */
const usualBeginMsMax = 9 * 60_000;

const list = benchmarks.map((it) => {
  return `  ${it.usual ? '*' : ' '} ${it.name.padEnd(16)}${it.description}`;
});

const help = `
Benchmarks (* runs when nothing is named, ten minutes at most in all; with --full all but rivals):
${list.join('\n')}

Examples:
  $ npm run bench                              all with a star, quick
  $ npm run bench -- hot spread --full         for figures to quote
  $ npm run bench -- --full --out bench/results.json && npm run docs
                                               renews the figures of the README

Results, all single measurements included, go to a file, a picture of them beside it. Exit code 1
when a benchmark failed, or when anything was oversold, lost, doubled or out of order.`;

interface Options {
  full?: boolean;
  smoke?: boolean;
  json?: boolean;
  out: string;
}

const program = new Command('bench')
  .description('Side by side on the same servers, in one run, every feature on.')
  .addArgument(new Argument('[names...]', 'what to run').choices(names))
  .option('--full', 'five rounds, longer runs')
  .option('--smoke', 'one tiny run each, only to see whether it works')
  .option('--json', 'print JSON instead of tables')
  .option('--out <file>', 'where results go', usualFile)
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

async function run(named: string[], options: Options): Promise<void> {
  const begun = Date.now();
  const isUsual = named.length === 0 && !options.full;
  const unnamed = options.full ? names.filter((name) => !name.startsWith('rival-')) : usual;
  const wanted = named.length > 0 ? named : unnamed;
  const facts = await readFacts();
  if (!options.json) printFacts(facts);
  warnOfLoad();
  const suite = await runSuite(
    wanted.flatMap((name) => benchmarks.filter((benchmark) => benchmark.name === name)),
    {
      scale: scaleOf(options),
      beginMsMax: isUsual ? usualBeginMsMax : Infinity,
      view: new ProgressView(),
      show: (result) => (options.json ? undefined : printResult(result)),
      isInterrupted: () => interrupted,
    },
  );
  if (interrupted) return;
  const file = resolve(options.out);
  if (suite.results.length > 0) await writeResults(file, { facts, results: suite.results }, names);
  if (options.json) printLine(JSON.stringify({ facts, ...suite }, null, 2));
  else printVerdict(suite, file, begun);
  const faults = suite.results.flatMap((result) => result.faults);
  if (faults.length + suite.failures.length > 0) process.exitCode = 1;
}

function scaleOf({ full, smoke }: Options): ScaleName {
  if (smoke) return 'smoke';
  return full ? 'full' : 'quick';
}

function interrupt(): void {
  interrupted = true;
  process.stderr.write('\ninterrupted, cleaning up\n');
  void cleanUp().finally(() => process.exit(130));
}

function printFacts(facts: Facts): void {
  for (const [what, values] of Object.entries(facts)) {
    const text = Object.entries(values).map(([name, value]) => `${name} ${value}`);
    printLine(`${colors.bold(what.padEnd(9))}${text.join(', ')}`);
  }
}

function printResult({ tables, figures = [] }: BenchmarkResult): void {
  for (const { title, head, rows, note } of tables) {
    printLine(`\n${colors.bold(title)}\n${textTable(head, rows)}\n${colors.dim(note)}`);
  }
  for (const figure of figures) {
    const aim = aimText(figure);
    const text = `${figure.what}: ${valueText(figure)}${aim && `, wanted ${aim}`}`;
    if (!aim) printLine(`  ${text}`);
    else printLine(isReached(figure) ? colors.green(`✓ ${text}`) : colors.yellow(`! ${text}`));
  }
}

function printVerdict({ results, failures, leftOut }: Suite, file: string, begun: number): void {
  const faults = results.flatMap((result) => result.faults);
  for (const fault of [...faults, ...failures]) printLine(colors.red(`✗ ${fault}`));
  if (faults.length === 0 && results.length > 0) {
    printLine(colors.green('\n✓ nothing oversold, lost, doubled or out of order on any side'));
  }
  if (leftOut.length > 0) printLine(`! left out for want of time: ${leftOut.join(', ')}`);
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  printLine(colors.dim(`${seconds} s in all; ${file}, ${pictureOf(file)}`));
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
