import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { printLine } from '../../src/cli/print.ts';
import { exitCodeOf } from '../../src/ops/exitCodes.ts';
import { reportError } from '../../src/cli/reportError.ts';
import { loadSettings } from '../../src/config/loadSettings.ts';
import { onhandProgram } from '../../src/config/onhandProgram.ts';
import { packageRoot } from '../../src/config/packageRoot.ts';
import { connectAdmin } from '../../src/messaging/connectAdmin.ts';
import { OperationalError } from '../../src/ops/errors.ts';
import { errorColors, outputColors as colors } from '../../src/ops/terminalColors.ts';
import { freePort } from '../../stack/freePort.ts';
import { stackPaths } from '../../stack/stackPaths.ts';
import { serversAreOurs } from '../../stack/serversAreOurs.ts';
import { stackUp } from '../../stack/stackUp.ts';
import { withLock } from '../../stack/withLock.ts';
import { type DayInput, runDay } from './day.ts';
import { endAtSignals } from './endAtSignals.ts';
import { flashBaskets, flashStock } from './flashSale.ts';
import { generateInvoices } from './generateInvoices.ts';
import { groupInvoices } from './groupInvoices.ts';
import { demoEnvironment, prepareInstallation } from './installation.ts';
import type { Invoice } from './invoice.ts';
import { killInTurns } from './killInTurns.ts';
import { LiveView } from './liveView.ts';
import { isNoGoods } from './noGoods.ts';
import { InvoicePlan } from './plan.ts';
import { planStock } from './planStock.ts';
import { readInvoices } from './readInvoices.ts';
import { reportDay } from './report.ts';
import { restartServer } from './restartServer.ts';
import { Service } from './service.ts';
import { ShopClient } from './shopClient.ts';
import { ShopWatch } from './shopWatch.ts';

const unpaidLifeSeconds = 5;
const scarceShare = 0.005;
const skus = 1000;
const flashCustomers = 600;

interface Options {
  orders?: string;
  invoices: number;
  seed: number;
  kills: number;
  servers: boolean;
}

const examples = `
Examples:
  $ npm run demo
  $ npm run demo -- --orders FILE.csv.gz    real invoices: invoice,time,sku,quantity,customer
  $ npm run demo -- --kills 5               SIGKILL processor and shop, in turns, meanwhile
  $ npm run demo -- --kills 8 --servers     SIGKILL MySQL and Kafka, too

Exit code 1 when the audit fails.`;

const program = new Command('demo')
  .description(
    'A day of a shop on real servers: customers order, pay, cancel, forget to pay, send goods ' +
      'back, and fight for a flash sale, and a warehouse books beside them.',
  )
  .option('--orders <file>', 'feed these invoices instead of generated ones (.csv or .csv.gz)')
  .option('--invoices <count>', 'how many invoices to generate', wholeNumber, 800)
  .option('--seed <number>', 'seed of invoices and customers', wholeNumber, 1)
  .option('--kills <count>', 'how often to SIGKILL processor or shop meanwhile', wholeNumber, 0)
  .option('--servers', 'kill MySQL and Kafka in turns with them', false)
  .option('--verbose', 'print stack traces of errors')
  .addHelpText('after', examples)
  .action(demo);

try {
  await program.parseAsync();
} catch (error) {
  reportError(error, { verbose: program.opts<{ verbose?: boolean }>().verbose ?? false });
  process.exitCode = exitCodeOf(error);
}

/** One at a time: two would delete each other's databases and topics. */
async function demo(options: Options): Promise<void> {
  const tell = (pid: number) => step(`process ${pid} is a demo, too: waiting for its end`);
  await withLock(join(stackPaths.folder, 'demo.lock'), tell, () => liveDay(options));
}

async function liveDay(options: Options): Promise<void> {
  const begun = Date.now();
  const { seed } = options;
  const { demand, count } = await measureDemand(invoicesOf(options));
  await stackUp({ silent: false });
  const env = demoEnvironment();
  const { values: settings } = loadSettings({ ...process.env, ...env });
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  const services: Service[] = [];
  endAtSignals(services);
  try {
    step('databases and topics');
    await prepareInstallation(settings, admin);
    const port = await freePort();
    services.push(...startServices(env, port, seed));
    const stock = planStock(demand, { scarceShare, seed });
    step(`a day of ${number(count)} invoices, ${number(stock.size)} SKUs, a flash sale at noon`);
    for (const [sku, units] of flashStock) stock.set(sku, units);

    const plan = new InvoicePlan(seed, unpaidLifeSeconds);
    const client = new ShopClient(`http://127.0.0.1:${port}`);
    const watch = new ShopWatch(settings);
    const flash = flashBaskets(flashCustomers, seed, unpaidLifeSeconds);
    const view = new LiveView(watch, count + flash.length);
    const stopKilling = killInTurns(strikesOf(services, options), options.kills, () => view.share);
    const dayBegun = Date.now();
    try {
      const day: DayInput = { stock, invoices: invoicesOf(options), count, flash };
      await runDay({ settings, logger, client, plan, seed, watch, view }, day);
    } finally {
      await stopKilling();
      view.stop();
      await watch.stop();
    }
    const seconds = (Date.now() - dayBegun) / 1000;
    const { accepted, unanswered } = client;
    const again = unanswered > 0 ? `, asked again ${number(unanswered)} times` : '';
    step(`${number(accepted)} requests of customers served in ${seconds.toFixed(1)} s${again}`);
    for (const service of services.reverse()) await service.stop();

    const ok = await reportDay(settings, logger, admin, plan.report);
    printLine(ok ? colors.green('\nThe audit holds.') : colors.red('\nThe audit FAILS.'));
    const total = ((Date.now() - begun) / 1000).toFixed(0);
    printLine(colors.dim(`${total} s in all. To look around: ${hint(env)}`));
    if (!ok) process.exitCode = 1;
  } finally {
    for (const service of services) await service.stop();
    await admin.disconnect();
  }
}

function invoicesOf({
  orders,
  seed,
  invoices,
}: Options): AsyncIterable<Invoice> | Iterable<Invoice> {
  return orders === undefined
    ? generateInvoices({ seed, invoices, skus })
    : groupInvoices(readInvoices(orders));
}

/** The processor and the shop, each a process of its own. */
function startServices(env: Record<string, string>, port: number, seed: number): Service[] {
  const shopProgram = join(packageRoot, 'dist', 'examples', 'shop', 'main.js');
  const commands: [name: string, args: string[]][] = [
    ['processor', [...onhandProgram, 'run']],
    ['shop', [shopProgram, '--port', String(port), '--seed', String(seed)]],
  ];
  return commands.map(([name, args]) => {
    const service = new Service(name, args, env, (how) =>
      step(`${name} died (${how}), starting it again`),
    );
    step(`${name} runs with pid ${service.pid}: kill it if you like`);
    return service;
  });
}

/** What is killed in turns; it is started again at once. */
function strikesOf(services: readonly Service[], { servers }: Options) {
  const strikes: (() => void | Promise<void>)[] = services.map((service) => () => {
    service.kill('SIGKILL');
  });
  if (!servers) return strikes;
  if (!serversAreOurs()) {
    throw new OperationalError('STACK_NOT_NATIVE', 'MySQL and Kafka are not ours to kill', {
      hint: 'Leave out --servers, or let the demo start servers of its own.',
    });
  }
  const names = ['mysql', 'kafka'] as const;
  return [...strikes, ...names.map((name) => () => restartServer(name))];
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

function hint(env: Record<string, string>): string {
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return `${given.join(' ')} npx onhand replay verify`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function step(text: string): void {
  process.stderr.write(`${errorColors.cyan('•')} ${text}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('not a whole number');
  return Number(text);
}
