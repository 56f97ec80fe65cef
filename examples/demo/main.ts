import { Command, InvalidArgumentError } from 'commander';
import { checkLine } from '../../src/ops/checkLine.ts';
import { errorColors, outputColors as colors } from '../../src/ops/terminalColors.ts';
import { pino } from 'pino';
import { loadSettings } from '../../src/config/loadSettings.ts';
import { printLine } from '../../src/cli/print.ts';
import { reportError } from '../../src/cli/reportError.ts';
import { holds, printVerification } from '../../src/cli/verifyCommand.ts';
import { connectAdmin } from '../../src/messaging/connectAdmin.ts';
import { verifyStock } from '../../src/verify/verifyStock.ts';
import { stackUp } from '../../stack/stackUp.ts';
import { runDay } from './day.ts';
import { generateInvoices } from './generateInvoices.ts';
import { groupInvoices } from './groupInvoices.ts';
import { demoEnvironment, prepareInstallation } from './installation.ts';
import type { Invoice } from './invoice.ts';
import { LiveView } from './liveView.ts';
import { isNoGoods } from './noGoods.ts';
import { InvoicePlan } from './plan.ts';
import { planStock } from './planStock.ts';
import { readInvoices } from './readInvoices.ts';
import { hottestTable, inputTable, outcomeTable } from './results.ts';
import { Tally } from './tally.ts';
import { Worker } from './worker.ts';

const unpaidLifeSeconds = 5;
const scarceShare = 0.02;
const skus = 1000;
const hottestRows = 10;

interface Options {
  orders?: string;
  invoices: number;
  seed: number;
  kills: number;
}

const examples = `
Examples:
  $ npm run demo
  $ npm run demo -- --orders FILE.csv.gz    real invoices: invoice,time,sku,quantity,customer
  $ npm run demo -- --kills 5               SIGKILL the processor five times meanwhile

Exit code 1 when the audit fails.`;

const program = new Command('demo')
  .description('A day of orders on real servers: receive, reserve, pay, cancel, time out, return.')
  .option('--orders <file>', 'feed these invoices instead of generated ones (.csv or .csv.gz)')
  .option('--invoices <count>', 'how many invoices to generate', wholeNumber, 1500)
  .option('--seed <number>', 'seed of the generated invoices', wholeNumber, 1)
  .option('--kills <count>', 'how often to SIGKILL the processor meanwhile', wholeNumber, 0)
  .option('--verbose', 'print stack traces of errors')
  .addHelpText('after', examples)
  .action(demo);

try {
  await program.parseAsync();
} catch (error) {
  reportError(error, { verbose: program.opts<{ verbose?: boolean }>().verbose ?? false });
  process.exitCode = 1;
}

async function demo(options: Options): Promise<void> {
  const begun = Date.now();
  const invoices = (): AsyncIterable<Invoice> | Iterable<Invoice> =>
    options.orders === undefined
      ? generateInvoices({ seed: options.seed, invoices: options.invoices, skus })
      : groupInvoices(readInvoices(options.orders));
  const { demand, count } = await measureDemand(invoices());

  await stackUp({ silent: false });
  const env = demoEnvironment();
  const { values: settings } = loadSettings({ ...process.env, ...env });
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  let worker: Worker | undefined;
  try {
    step('database and topics');
    await prepareInstallation(settings, admin);
    worker = new Worker(env, (how) => step(`processor died (${how}), starting it again`));
    step(`processor runs with pid ${worker.pid}: kill it if you like`);
    const stock = planStock(demand, { scarceShare, seed: options.seed });
    step(
      `a day of ${count.toLocaleString('en')} invoices, ${stock.size.toLocaleString('en')} SKUs`,
    );

    const plan = new InvoicePlan(unpaidLifeSeconds);
    const tally = new Tally();
    const view = new LiveView(tally, count);
    const killing = killAtTimes(worker, options.kills, tally);
    const dayBegun = Date.now();
    try {
      await runDay({ settings, logger, plan, tally, view }, stock, invoices());
    } finally {
      clearInterval(killing);
      view.stop();
    }
    const seconds = (Date.now() - dayBegun) / 1000;
    step(`${tally.sent.toLocaleString('en')} commands answered in ${seconds.toFixed(1)} s`);
    await worker.stop();

    printLine(
      `\n${colors.bold('Hottest SKUs')} (MySQL)\n${await hottestTable(settings, hottestRows)}`,
    );
    printLine(`\n${colors.bold('Input')}\n${inputTable(plan.report)}`);
    const verification = await verifyStock(settings, logger, admin);
    printLine(`\n${colors.bold('Outcomes')} (events topic)\n${outcomeTable(verification.counts)}`);
    printLine(`\n${colors.bold('Audit')}`);
    printVerification(verification);
    printAnswers(tally);
    const ok = holds(verification) && tally.sent === tally.answered;
    printLine(ok ? colors.green('\nThe audit holds.') : colors.red('\nThe audit FAILS.'));
    printLine(
      colors.dim(
        `${((Date.now() - begun) / 1000).toFixed(0)} s in all. To look around: ${hint(env)}`,
      ),
    );
    if (!ok) process.exitCode = 1;
  } finally {
    await worker?.stop();
    await admin.disconnect();
  }
}

/** Units wanted of each SKU, and how many invoices there are. */
async function measureDemand(invoices: AsyncIterable<Invoice> | Iterable<Invoice>) {
  const demand = new Map<string, number>();
  let count = 0;
  for await (const { lines } of invoices) {
    count++;
    for (const { sku, quantity } of lines) {
      if (quantity > 0 && !isNoGoods(sku)) demand.set(sku, (demand.get(sku) ?? 0) + quantity);
    }
  }
  return { demand, count };
}

/** Kills the processor each time so many more commands have been answered. */
function killAtTimes(worker: Worker, kills: number, tally: Tally): NodeJS.Timeout {
  const gap = 3000;
  let next = gap;
  return setInterval(() => {
    if (worker.deaths >= kills || tally.answered < next) return;
    next = tally.answered + gap;
    worker.kill('SIGKILL');
  }, 50);
}

function printAnswers({ sent, answered }: Tally): void {
  const ok = sent === answered;
  const counts = `${sent.toLocaleString('en')} commands, ${answered.toLocaleString('en')} outcomes`;
  printLine(checkLine(ok, 'one outcome per command', counts));
}

function hint(env: Record<string, string>): string {
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return `${given.join(' ')} npx onhand verify`;
}

function step(text: string): void {
  process.stderr.write(`${errorColors.cyan('•')} ${text}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}
