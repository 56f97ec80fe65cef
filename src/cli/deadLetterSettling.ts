import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { OperationalError } from '../ops/errors.ts';
import { textTable } from '../ops/textTable.ts';
import { type LetterName, letterText, letterUnknown } from '../replay/deadLetter.ts';
import { deadLetterMessage } from '../replay/deadLetterMessage.ts';
import { type LetterChoice, readDeadLetters } from '../replay/deadLettersReading.ts';
import { discardDeadLetters, resendDeadLetters } from '../replay/deadLettersSettling.ts';
import type { ReplaySources } from '../replay/replaySources.ts';
import { shown } from '../why/shownText.ts';
import { printLine } from './print.ts';
import { readingProgress } from './readingProgress.ts';

/** Which dead letters are wanted, where they are not named. */
export type LetterFilter = Omit<LetterChoice, 'letters' | 'withMarked'>;

/** What was asked for on the command line. */
export interface SettleOptions extends LetterFilter {
  all?: boolean;
  again?: boolean;
  yes?: boolean;
  json?: boolean;
}

/**
 * Says what would be done about the chosen letters, and with `yes` does it. Throws
 * DEAD_LETTER_UNKNOWN, DEAD_LETTER_SETTLED, and what the doing throws; then nothing was done but
 * for OPERATION_* and errors of servers.
 */
export async function settleDeadLetters(
  servers: ReplaySources,
  verb: 'resend' | 'discard',
  letters: readonly LetterName[],
  { engine, reason, from, to, again = false, yes = false, json }: SettleOptions,
): Promise<void> {
  const choice: LetterChoice = {
    letters,
    withMarked: again,
    ...(engine && { engine }),
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  const progress = readingProgress();
  try {
    const counts = await plan(servers, verb, choice, progress.show);
    const act = verb === 'resend' ? resendDeadLetters : discardDeadLetters;
    const planned = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const done = yes && planned > 0 ? await act(servers, choice, progress.show) : 0;
    progress.end();
    const reasons = Object.fromEntries(counts);
    if (json)
      return printLine(JSON.stringify({ done: yes, letters: yes ? done : planned, reasons }));
    if (planned === 0) return printLine('no such dead letters');
    printLine(
      textTable(
        ['reason', 'letters'],
        [...counts].map(([why, n]) => [shown(why), n]),
      ),
    );
    const past = verb === 'resend' ? 'resent' : 'discarded';
    if (yes) printLine(`${done} dead letters ${past}`);
    else printLine(`${planned} dead letters would be ${past}: --yes does it`);
  } finally {
    progress.end();
  }
}

/** Letters by reason. What would stand in the way shows here, before anything is done. */
async function plan(
  servers: ReplaySources,
  verb: 'resend' | 'discard',
  choice: LetterChoice,
  onRead: (read: number, total: number) => void,
): Promise<Map<string, number>> {
  const registry = openRegistry(servers.settings);
  const missing = new Set(choice.letters.map(letterText));
  const counts = new Map<string, number>();
  await readDeadLetters(
    servers,
    choice,
    async ({ letters }) => {
      await registry?.learn(registry.unlearned(letters));
      for (const letter of letters) {
        const name = letterText(letter);
        missing.delete(name);
        if (letter.mark && !choice.withMarked) throw settled(name, letter.mark);
        if (verb === 'resend') deadLetterMessage(letter, servers.topics, registry);
        counts.set(letter.reason, (counts.get(letter.reason) ?? 0) + 1);
      }
    },
    onRead,
  );
  if (missing.size > 0) throw letterUnknown(missing);
  return counts;
}

function settled(name: string, mark: string): OperationalError {
  return new OperationalError('DEAD_LETTER_SETTLED', `${name} was ${mark} before`, {
    hint: 'Add --again to do it nevertheless.',
  });
}
