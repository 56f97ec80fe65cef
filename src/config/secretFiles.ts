import { readFileSync } from 'node:fs';
import type { Condition } from '../ops/conditions.ts';
import { OperationalError, messageOf } from '../ops/errors.ts';
import type { SecretFiles, SecretName, Settings } from './settings.ts';

/** A file that cannot be read now, and the setting that names it. */
interface UnreadFile {
  variable: string;
  condition: Condition;
}

/** By path: what was read last, and where that is no more, why. */
const lastRead = new Map<string, string>();
const unread = new Map<string, UnreadFile>();

/**
 * A secret as it is now. One that came from a NAME_FILE is read anew, so that a rotated secret
 * holds from the next connection on. While the file cannot be read, what it held last counts.
 */
export function secretOf<Name extends SecretName>(
  settings: Pick<Settings, Name> & SecretFiles,
  name: Name,
): Settings[Name] {
  const variable = `${name}_FILE` as const;
  const file = settings[variable];
  const given = settings[name] as Settings[Name];
  return file === undefined ? given : (readAnew(variable, file) ?? given);
}

/**
 * The text of a file that a setting names, such as a certificate authority, as it is now; what it
 * held last while it cannot be read. Throws CONFIG_INVALID when it never could.
 */
export function fileOf(variable: string, file: string): string {
  const text = readAnew(variable, file);
  if (text !== undefined) return text;
  const reason = unread.get(file)?.condition.reason ?? variable;
  // Whoever is refused this ends, or goes on without it.
  unread.delete(file);
  throw new OperationalError('CONFIG_INVALID', reason);
}

/** Files that could not be read when they were needed, and still cannot. */
export function fileConditions(): Condition[] {
  for (const [file, { variable }] of unread) readAnew(variable, file);
  return [...unread.values()].map(({ condition }) => condition);
}

/** A file that is empty is about to be written: it counts as one that cannot be read. */
function readAnew(variable: string, file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trimEnd();
    if (text === '') throw new OperationalError('CONFIG_INVALID', 'the file is empty');
    lastRead.set(file, text);
    unread.delete(file);
  } catch (error) {
    unread.set(file, {
      variable,
      condition: {
        code: 'FILE_UNREADABLE',
        since: unread.get(file)?.condition.since ?? new Date().toISOString(),
        reason: `${variable}: ${messageOf(error)}`,
        hint: 'Until it can be read, new connections are made with what it held last.',
      },
    });
  }
  return lastRead.get(file);
}
