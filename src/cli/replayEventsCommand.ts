import { Command, Option } from 'commander';
import { textTable } from '../ops/textTable.ts';
import type { EventSpan } from '../replay/eventRanges.ts';
import { EventsSender } from '../replay/eventsSender.ts';
import {
  type ChosenEvent,
  type EventChoice,
  type EventsSelection,
  readEvents,
  selectEvents,
} from '../replay/eventsSelection.ts';
import { type EventsTarget, createTarget, findTarget } from '../replay/eventsTarget.ts';
import { parseLogPoint } from '../replay/logRange.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import { engineNames } from '../storage/progress.ts';
import { eventRow, eventsHead } from '../why/eventRow.ts';
import { optionList } from './optionList.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadServers } from './withReadServers.ts';

const rowsShown = 100;

interface Options extends EventSpan {
  engine: EventChoice['engine'];
  partition?: number[];
  sku?: string[];
  order?: string[];
  kind?: string[];
  toTopic?: string;
  create?: boolean;
  yes?: boolean;
  json?: boolean;
}

const examples = `
Prints published events, or sends them again: the originals, with their keys, bytes, ids, numbers
and time stamps, to a topic of your own. Nothing is decided anew, and no topic of onhand is written.
Without --yes it only says what would be sent. Offsets are those of the events topic; a time is the
one at which an event was published.

Examples:
  $ onhand replay events --sku 85123A                           the first 100 of them, as a table
  $ onhand replay events --partition 3 --from 120000 --json     all of them, one JSON per line
  $ onhand replay events --kind StockReserved --to-topic mine   how many would be sent
  $ onhand replay events --from 2025-11-28 --to-topic mine --create --yes
  $ onhand replay events --engine order --order order-4711`;

/** `onhand replay events`: prints published events, or sends the originals again. */
export function replayEventsCommand(): Command {
  const text = optionList((value) => value);
  return new Command('events')
    .description('print published events, or send the originals again to another topic')
    .addOption(new Option('--engine <engine>', 'whose').choices(engineNames).default('stock'))
    .option('--partition <number...>', 'only of these', optionList(optionNumber(0)))
    .option('--sku <sku...>', 'stock engine: only of these SKUs', text)
    .option('--order <id...>', 'order engine: only of these orders', text)
    .option('--kind <kind...>', 'only of these kinds', text)
    .option('--from <point>', 'begin at start, an offset, or a time', parseLogPoint)
    .option('--to <point>', 'end before an offset, or a time', parseLogPoint)
    .option('--to-topic <topic>', 'send them to this topic instead of printing them')
    .option('--create', 'create that topic if it is missing')
    .option('-y, --yes', 'send them: without it nothing is sent')
    .option('--json', 'print JSON; values in base64')
    .addHelpText('after', examples)
    .action((options: Options, command: Command) => {
      const wrong = options.engine === 'stock' ? options.order : options.sku;
      if (wrong)
        command.error(`error: --sku is for the stock engine, --order for the order engine`);
      return withReadServers((servers) => replayEvents(servers, options));
    });
}

async function replayEvents(servers: ReplaySources, options: Options): Promise<void> {
  const { partition = [], sku = [], order = [], kind = [], toTopic } = options;
  const choice = { ...options, partitions: partition, keys: [...sku, ...order], kinds: kind };
  const selection = await selectEvents(servers, choice);
  if (toTopic === undefined) return print(servers, selection, options);
  const { admin, topics } = servers;
  const mayCreate = options.create ?? false;
  const target = await findTarget(admin, topics, toTopic, selection, mayCreate);
  await send(servers, selection, target, options);
}

async function print(
  servers: ReplaySources,
  selection: EventsSelection,
  { json }: Options,
): Promise<void> {
  const shown: ChosenEvent[] = [];
  await readEvents(
    servers,
    selection,
    (events) => {
      if (json) events.forEach((event) => printLine(jsonOf(event)));
      else shown.push(...events);
      return json === true || shown.length <= rowsShown;
    },
    () => undefined,
  );
  if (json) return;
  if (shown.length === 0) return printLine('no such events');
  printLine(textTable(eventsHead, shown.slice(0, rowsShown).map(eventRow)));
  if (shown.length > rowsShown) printLine(`the first ${rowsShown}; --json prints all`);
}

function jsonOf({ partition, record, event }: ChosenEvent): string {
  const { offset, timestamp, key, value } = record;
  return JSON.stringify({
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: key?.toString() ?? null,
    event: event ?? null,
    value: value?.toString('base64') ?? null,
  });
}

async function send(
  servers: ReplaySources,
  selection: EventsSelection,
  target: EventsTarget,
  { yes = false, json }: Options,
): Promise<void> {
  const { settings, logger, admin } = servers;
  if (yes && target.isMissing) {
    await createTarget(admin, target, settings.ONHAND_REPLICATION_FACTOR);
  }
  const kinds = new Map<string, number>();
  const sender = new EventsSender(settings, logger, selection.partitionCount, target);
  const progress = readingProgress(yes ? 'sending' : 'counting');
  try {
    await readEvents(
      servers,
      selection,
      async (events) => {
        if (yes) await sender.send(events);
        for (const { event } of events) {
          const kind = event?.kind ?? 'unreadable';
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
        return true;
      },
      progress.show,
    );
  } finally {
    progress.end();
    await sender.disconnect();
  }
  const events = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  if (json) {
    const { name: toTopic, isMissing } = target;
    const told = { sent: yes, from: selection.topic, toTopic, missing: isMissing && !yes, events };
    return printLine(JSON.stringify({ ...told, kinds: Object.fromEntries(kinds) }, null, 2));
  }
  if (events > 0) printLine(textTable(['kind', 'events'], [...kinds]));
  const place = `from ${selection.topic} to ${target.name}`;
  if (yes) return printLine(`${events} events sent ${place}`);
  if (target.isMissing) printLine(`${target.name} would be created`);
  printLine(`${events} events would be sent ${place}: --yes sends them`);
}
