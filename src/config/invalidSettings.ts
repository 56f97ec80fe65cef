import { OperationalError } from '../ops/errors.ts';
import { type SettingName, descriptionOf } from './settings.ts';

const unset = 'Invalid input: expected string, received undefined';

/** CONFIG_INVALID that names every wrong or missing setting; values are no part of it. */
export function invalidSettings(
  issues: readonly { path: PropertyKey[]; message: string }[],
): OperationalError {
  const lines = issues.map(({ path, message }) => {
    const name = String(path[0]) as SettingName;
    return `${name} (${descriptionOf(name)}): ${message === unset ? 'it is not set' : message}`;
  });
  const all = lines.length === 1 ? (lines[0] ?? '') : lines.map((line) => `\n  ${line}`).join('');
  return new OperationalError('CONFIG_INVALID', all, {
    hint: 'Set it in the environment or in .env, or start local servers with `onhand stack up`.',
  });
}
