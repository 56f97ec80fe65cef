import type { Pool } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { inCalls } from './inCalls.ts';
import { parseNote } from './laneNote.ts';
import { readLevelPage } from './storedLevels.ts';
import type { ViewClient } from './viewClient.ts';
import { olderKeys } from './viewKeys.ts';

const rowsMax = 1000;

/**
 * Deletes the levels that an older release left in Redis for a lane which is followed here
 * now; its outcomes expire. An older processor that gets the lane back builds them anew: its note
 * says that they are not there, before the first of them goes. `log`: levels of another log under
 * the same key are another installation's, and stay.
 */
export async function dropOlderKeys(
  pool: Pool,
  client: ViewClient,
  settings: Settings,
  lane: number,
  log: string,
): Promise<void> {
  const notes = olderKeys.notes(settings);
  const note = parseNote(await client.hget(notes, String(lane)));
  if (note?.log !== log) return;
  await client.hset(notes, String(lane), `${log} ${note.epoch} - dropped`);
  await client.hdel(notes, `${lane}:seen`);
  let page = await readLevelPage(pool, lane, undefined, rowsMax);
  while (page.length > 0) {
    const entries = page.map((level) => ({ key: olderKeys.level(settings, level) }));
    await inCalls(client, entries, (some) => {
      return client.dropLevels(some.length, ...some.map(({ key }) => key), log);
    });
    page = await readLevelPage(pool, lane, page.at(-1), rowsMax);
  }
  await client.hdel(notes, String(lane));
}
