import type { Settings } from '../config/settings.ts';

/** Settings as environment variables, for a child process. */
export function settingsEnv(settings: Partial<Settings>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
