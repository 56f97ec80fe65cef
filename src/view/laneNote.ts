import { randomBytes } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import type { ViewClient } from './viewClient.ts';
import { notesKey } from './viewKeys.ts';

/**
 * What the view says of one lane: `<log> <epoch> <through> <state>`. Whoever follows the lane
 * replaces it only if it is the one that he left there. So he learns that Redis was wiped, restored
 * from an old dump, or that another process follows the lane.
 */
export interface LaneNote {
  /** Id of the commands topic. */
  log: string;
  /** Of the claim of the process that wrote the note. */
  epoch: number;
  /** Levels hold every outbox row up to this sequence; null while they are built from scratch. */
  through: number | null;
  /** `in-step`, or `stale-` and a random word: rows are known to be missing. */
  state: string;
}

export const inStep = 'in-step';

/** Followers affirm their notes every few seconds. After this time the lane has none, in ms. */
export const affirmedMsMax = 15_000;

/** A state that no earlier note, and so no old dump, has. */
export function newStaleState(): string {
  return `stale-${randomBytes(6).toString('hex')}`;
}

export function formatNote({ log, epoch, through, state }: LaneNote): string {
  return `${log} ${epoch} ${through ?? '-'} ${state}`;
}

/** Undefined when there is no note, or one that cannot be read. */
export function parseNote(text: string | null | undefined): LaneNote | undefined {
  const match = /^(\S+) (\d+) (-|\d+) (\S+)$/.exec(text ?? '');
  if (!match) return undefined;
  const [, log = '', epoch, through, state = ''] = match;
  return { log, epoch: Number(epoch), through: through === '-' ? null : Number(through), state };
}

/** A note as it stands in Redis. */
export interface FoundNote {
  /** '' for none. */
  text: string;
  /** How long ago the lane's follower affirmed it, in ms; Infinity when it never did. */
  ageMs: number;
}

/** The notes of these lanes, in their order. Ages go by the clock of Redis alone. */
export async function readNotes(
  client: ViewClient,
  settings: Settings,
  lanes: readonly number[],
): Promise<FoundNote[]> {
  if (lanes.length === 0) return [];
  const fields = lanes.flatMap((lane) => [String(lane), `${lane}:seen`]);
  const [values, [seconds, microseconds]] = await Promise.all([
    client.hmget(notesKey(settings), ...fields),
    client.time(),
  ]);
  const now = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  return lanes.map((_, index) => {
    const [text, seen] = values.slice(2 * index);
    return { text: text ?? '', ageMs: seen ? Math.max(0, now - Number(seen)) : Infinity };
  });
}

/** Whether `before` stood there, and now `note` does. */
export async function replaceNote(
  client: ViewClient,
  settings: Settings,
  lane: number,
  before: string,
  note: LaneNote,
): Promise<boolean> {
  const affirms = note.state === inStep ? 1 : 0;
  const args = [lane, before, formatNote(note), affirms];
  return (await client.replaceNote(notesKey(settings), ...args)) === 1;
}
