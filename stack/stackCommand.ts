import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { confirmed } from '../src/ops/confirmed.ts';
import { exitCodes } from '../src/ops/exitCodes.ts';
import { textTable } from '../src/ops/textTable.ts';
import { stackDown, stackReset } from './stackDown.ts';
import { stackLogs } from './stackLogs.ts';
import { type BrokerCount, type ServerName, serverNames } from './stackState.ts';
import { type ServerStatus, stackStatus } from './stackStatus.ts';
import { stackUp } from './stackUp.ts';

/** `onhand stack`: real servers for development, tests and the demo. */
export function stackCommand(): Command {
  const stack = new Command('stack').description('Kafka, MySQL and Redis on this machine');
  stack
    .command('up')
    .description('start what does not run and wait until it answers')
    .addOption(
      new Option('--brokers <count>', 'brokers of a new stack: 3 copy each topic to all').argParser(
        brokerCount,
      ),
    )
    .option('--json', 'print the result as JSON and no progress')
    .action(async ({ json = false, brokers }: { json?: boolean; brokers?: BrokerCount }) => {
      await stackUp({ silent: json, ...(brokers && { brokers }) });
      printStatus(await stackStatus(), json);
    });
  stack
    .command('down')
    .description('stop the servers; data stay')
    .action(() => stackDown(say));
  stack
    .command('status')
    .description(`what runs where; exit code ${exitCodes.unknown} unless all run`)
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const rows = await stackStatus();
      printStatus(rows, json);
      if (rows.some(({ state }) => state !== 'running')) process.exitCode = exitCodes.unknown;
    });
  stack
    .command('reset')
    .description('stop the servers and delete their data, addresses and passwords')
    .option('-y, --yes', 'do not ask')
    .action(reset);
  stack
    .command('logs')
    .description('print what the servers wrote')
    .addArgument(new Argument('[server]', 'only this one').choices(serverNames))
    .option('-n, --lines <count>', 'last lines of each server', wholeNumber, 50)
    .option('-f, --follow', 'go on until Ctrl+C', false)
    .action((server: ServerName | undefined, options: { lines: number; follow: boolean }) =>
      stackLogs(server, options),
    );
  return stack;
}

async function reset({ yes }: { yes?: boolean }): Promise<void> {
  if (await confirmed('This deletes all data of this stack. Go on?', yes)) await stackReset(say);
  else say('nothing deleted');
}

function printStatus(rows: ServerStatus[], json: boolean): void {
  if (json) {
    process.stdout.write(JSON.stringify(rows, null, 2) + '\n');
    return;
  }
  const head = ['server', 'mode', 'address', 'version', 'state', 'pid'];
  const cells = rows.map(({ server, mode, address, version, state, pid }) => {
    return [server, mode, address, version, state, String(pid ?? '')];
  });
  process.stdout.write(`${textTable(head, cells)}\n`);
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

function brokerCount(text: string): BrokerCount {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('Allowed choices are 1, 3.');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Not a whole number.');
  return value;
}
