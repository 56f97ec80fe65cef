import { openDatabase } from '../src/storage/database.ts';
import { type BenchInstallation, benchInstallation } from './benchInstallation.ts';
import type { BenchmarkResult, Scale } from './benchmark.ts';
import { onCleanUp } from './cleanUp.ts';
import { type CommandRun, onhandCommand } from './onhandCommand.ts';
import { onhandSide } from './onhandSide.ts';
import { OutcomeReader } from './outcomeReader.ts';
import { commandsOf, sendCommands } from './preload.ts';
import type { ProgressView } from './progressView.ts';
import type { SideRun } from './side.ts';
import { untilRead } from './untilRead.ts';
import { WorkerProcess } from './workerProcess.ts';
import { makeWorkload } from './workload.ts';

const quickOrders = 200_000;
const fullOrders = 1_000_000;
const singleOrders = 4000;

const note = `Orders on 1,000 SKUs, evenly; from the start of the process to its end. verify folds
the log, compares it with every row and every published event. rebuild has nothing left of levels
and reservations: it folds the log, compares and writes them, and is itself verified. Applied one by
one: a processor that works off a like log with one command a transaction.`;

/** How fast, and in how much memory, operators verify and rebuild lanes from their logs. */
export async function replay(scale: Scale, view: ProgressView): Promise<BenchmarkResult> {
  const orders = scale.full ? fullOrders : quickOrders * Math.min(1, 2 * scale.factor);
  const at = await benchInstallation();
  const commands = await fill(at, orders, view);
  const run = (...args: string[]) => {
    view.step(`replay: ${args.join(' ')}, ${commands.toLocaleString('en')} commands`);
    return onhandCommand(at, args);
  };
  const verify = await run('replay', 'verify');
  await loseState(at);
  const rebuild = await run('replay', 'rebuild', '--engine', 'stock', '--yes');
  const again = await run('replay', 'verify');
  await at.close();
  const single = await oneByOne(view);
  const failed = Object.entries({ verify, rebuild, 'verify after rebuild': again })
    .filter(([, { ok }]) => !ok)
    .map(([what, { output }]) => `replay: ${what} fails:\n${output}`);
  const row = (what: string, { seconds, peakMemoryMiB }: CommandRun) => {
    return [...rateCells(what, { commands, seconds }), Math.round(peakMemoryMiB)];
  };
  const head = ['', 'commands', 's', 'commands/s', 'peak memory MiB'];
  const rows = [
    row('verify', verify),
    row('rebuild', rebuild),
    [...rateCells('applied one by one', single), '-'],
  ];
  const million = (what: string) => `replay ${what}, ${commands.toLocaleString('en')} commands`;
  return {
    name: 'replay',
    tables: [{ title: 'replay from the log', head, rows, note }],
    figures: [
      {
        what: `${million('verify')}, a second`,
        value: commands / verify.seconds,
        unit: '',
        least: 50_000,
      },
      {
        what: `${million('verify')}, peak memory`,
        value: verify.peakMemoryMiB,
        unit: 'MiB',
        most: 512,
      },
      {
        what: `${million('rebuild')}, a second`,
        value: commands / rebuild.seconds,
        unit: '',
        least: 20_000,
      },
      {
        what: 'replay rebuild / applying commands one by one',
        value: commands / rebuild.seconds / (single.commands / single.seconds),
        unit: 'x',
      },
    ],
    faults: [...failed, ...single.faults],
    data: { commands, verify, rebuild, single },
  };
}

/** What a rebuild would be if it applied the log as a processor without batches does. */
function oneByOne(view: ProgressView): Promise<SideRun> {
  view.step('replay: applied one by one');
  const env = { ONHAND_SLICE_COMMANDS_MAX: '1' };
  const side = onhandSide({ env, name: 'one by one' });
  return side.run(makeWorkload('spread', singleOrders), view);
}

function rateCells(what: string, { commands, seconds }: Pick<SideRun, 'commands' | 'seconds'>) {
  return [what, commands, Number(seconds.toFixed(1)), Math.round(commands / seconds)];
}

/** Lets a processor work off that many orders. Returns how many commands that were. */
async function fill(at: BenchInstallation, orders: number, view: ProgressView): Promise<number> {
  const workload = makeWorkload('spread', orders);
  const commands = workload.orders.length + workload.skus.length;
  await sendCommands(at, commandsOf(workload), view.bar('preload', commands));
  const reader = await OutcomeReader.open(at);
  const worker = new WorkerProcess(at);
  await untilRead(commands, reader, [worker], view.bar('onhand', commands));
  view.endBar();
  await worker.stop();
  await reader.close();
  return commands;
}

/** What nobody may do: levels and reservations are gone. */
async function loseState({ settings }: BenchInstallation): Promise<void> {
  const pool = openDatabase(settings, 'migrate', 2);
  const end = onCleanUp(() => pool.end());
  for (const table of ['stock_levels', 'reservations']) await pool.query('TRUNCATE ??', [table]);
  await end();
}
