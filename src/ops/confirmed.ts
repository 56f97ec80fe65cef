import { createInterface } from 'node:readline/promises';
import { OperationalError } from './errors.ts';

/**
 * Whether a person says yes. `yes` given on the command line answers for him; without it and
 * without a terminal it throws CONFIRMATION_MISSING.
 */
export async function confirmed(question: string, yes = false): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new OperationalError('CONFIRMATION_MISSING', question, { hint: 'Add --yes to go on.' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
