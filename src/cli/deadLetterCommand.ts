import { Command, Option } from 'commander';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { textTable } from '../ops/textTable.ts';
import {
  type DeadLetter,
  type LetterName,
  letterText,
  letterUnknown,
  parseLetter,
} from '../replay/deadLetter.ts';
import { readDeadLetters } from '../replay/deadLettersReading.ts';
import { parseLogPoint } from '../replay/logRange.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import { engineNames } from '../storage/progress.ts';
import { bytesText } from '../why/bytesText.ts';
import { deadLetterText, letterContent } from '../why/deadLetterText.ts';
import { shown } from '../why/shownText.ts';
import { type LetterFilter, type SettleOptions, settleDeadLetters } from './deadLetterSettling.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';
import { withReadServers } from './withReadServers.ts';

interface ListOptions extends LetterFilter {
  settled?: boolean;
  limit: number;
  json?: boolean;
}

const examples = `
A record that is no command or order event, or could not be decided, is copied to the dead-letter
topic of its engine. A letter is named by engine, partition and offset there, as list shows it.
resend puts the same key and bytes into the log again, in the partition where they were received
(after WRONG_PARTITION: where they belong), with the header onhand-resent; discard marks a letter
as done with and deletes nothing. Both only tell what they would do, unless --yes is given.

Examples:
  $ onhand dead-letter list
  $ onhand dead-letter list --reason UNKNOWN_SCHEMA --from 2025-11-28
  $ onhand dead-letter show stock:2:17
  $ onhand dead-letter resend stock:2:17 --yes
  $ onhand dead-letter resend --reason HANDLER_FAILED --engine order --yes
  $ onhand dead-letter discard --reason NOT_SINGLE_OBJECT_ENCODED --yes`;

/** `onhand dead-letter`: lists, shows, resends and discards what could not be taken. */
export function deadLetterCommand(): Command {
  const parent = new Command('dead-letter')
    .description('records that could not be taken: look at them, resend or discard them')
    .addHelpText('after', examples);
  filtered(parent.command('list').description('those about which nothing was done yet'))
    .option('--settled', 'also those that were resent or discarded')
    .option('--limit <count>', 'show so many, the last ones', optionNumber(1), 50)
    .option('--json', 'print JSON')
    .action((options: ListOptions) => withReadServers((servers) => list(servers, options)));
  parent
    .command('show')
    .description('one letter: where it was, why it is one, what it says, its bytes')
    .argument('<letter>', 'its name, such as stock:2:17', parseLetter)
    .option('--json', 'print JSON; bytes in base64')
    .action((name: LetterName, { json }: { json?: boolean }) =>
      withReadServers((servers) => show(servers, name, json)),
    );
  for (const [verb, description] of [
    ['resend', 'put letters into the log again from which they came'],
    ['discard', 'mark letters as done with'],
  ] as const) {
    filtered(parent.command(verb).description(description))
      .argument('[letters...]', 'their names, such as stock:2:17')
      .option('--all', 'all about which nothing was done yet')
      .option('--again', 'also those that were resent or discarded before')
      .option('-y, --yes', 'do it: without it nothing is changed')
      .option('--json', 'print JSON')
      .action((names: string[], options: SettleOptions, command: Command) => {
        const { engine, reason, from, to, all } = options;
        if (names.length === 0 && (engine ?? reason ?? from ?? to ?? all) === undefined) {
          command.error('error: name letters, or choose them with an option, or take --all');
        }
        const letters = names.map(parseLetter);
        return withReadServers((servers) => settleDeadLetters(servers, verb, letters, options));
      });
  }
  return parent;
}

function filtered(command: Command): Command {
  return command
    .addOption(new Option('--engine <engine>', 'only of this engine').choices(engineNames))
    .option('--reason <reason>', 'only with this reason')
    .option('--from <point>', 'only those published at this time or later', parseLogPoint)
    .option('--to <point>', 'only those published before this time', parseLogPoint);
}

async function list(servers: ReplaySources, options: ListOptions): Promise<void> {
  const { settled: withMarked = false, limit, json } = options;
  const progress = readingProgress();
  let count = 0;
  let letters: DeadLetter[] = [];
  const keepLast = () => {
    letters = letters.sort((a, b) => receivedAt(a) - receivedAt(b)).slice(-limit);
  };
  try {
    await readDeadLetters(
      servers,
      { ...options, letters: [], withMarked },
      (batch) => {
        count += batch.letters.length;
        // Without the bytes, which may be many.
        for (const letter of batch.letters) letters.push({ ...letter, value: null, headers: {} });
        keepLast();
      },
      progress.show,
    );
  } finally {
    progress.end();
  }
  if (json) return printLine(JSON.stringify({ count, letters: letters.map(jsonOf) }, null, 2));
  if (count === 0) return printLine('no dead letters');
  const rows = letters.map((letter) => {
    const { source, reason, key, mark } = letter;
    const from = source ? `${source.partition}/${source.offset}` : '';
    const cells = [letterText(letter), source?.time ?? '', from, shown(reason)];
    return [...cells, key ? bytesText(key) : '', ...(withMarked ? [mark ?? ''] : [])];
  });
  const head = ['letter', 'received', 'at', 'reason', 'key', ...(withMarked ? ['done'] : [])];
  printLine(textTable(head, rows));
  if (count > letters.length) printLine(`the last ${letters.length} of ${count}`);
}

function receivedAt({ source, time }: DeadLetter): number {
  return source ? Date.parse(source.time) : time;
}

async function show(servers: ReplaySources, name: LetterName, json?: boolean): Promise<void> {
  const found: DeadLetter[] = [];
  await readDeadLetters(
    servers,
    { letters: [name], withMarked: true },
    ({ letters }) => void found.push(...letters),
    () => undefined,
  );
  const [letter] = found;
  if (!letter) throw letterUnknown([letterText(name)]);
  const registry = openRegistry(servers.settings);
  const [plain] = (await registry?.plainRecords([letter])) ?? [letter];
  const content = letterContent(letter, plain?.value ?? null);
  if (json) printLine(JSON.stringify({ ...jsonOf(letter), ...content }, null, 2));
  else printLine(deadLetterText(letter, content));
}

function jsonOf({ key, value, headers, ...letter }: DeadLetter): object {
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  const entries = Object.entries(headers).map(([name, values]) => [
    name,
    Array.isArray(values) ? values.map(base64) : base64(values),
  ]);
  return {
    letter: letterText(letter),
    ...letter,
    key: key && base64(key),
    ...(value && { value: base64(value) }),
    ...(entries.length > 0 && { headers: Object.fromEntries(entries) as object }),
  };
}
