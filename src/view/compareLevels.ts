import type { Pool } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { readHeldLevels } from './heldLevels.ts';
import { readStoredLevels } from './storedLevels.ts';
import type { ViewClient } from './viewClient.ts';
import type { ItemName } from './viewKeys.ts';

/** What a comparison needs. */
export interface ViewPair {
  settings: Settings;
  /** Reads only. */
  pool: Pool;
  client: ViewClient;
}

/** A level in Redis that is not as MySQL has it. */
export interface ViewFinding extends ItemName {
  what: 'missing' | 'behind' | 'ahead' | 'other quantities' | 'not in MySQL';
  /** Id of the commands topic that both follow from. */
  log: string;
  /** Of MySQL and of Redis; null where there is none. */
  stored: PublishedStockLevel | null;
  viewed: PublishedStockLevel | null;
}

/**
 * Compares levels that were just read from MySQL with Redis, while both may move: a difference
 * counts only if no order of reading explains it. `log` is the id of the commands topic; numbers of
 * another log count as missing. Levels that are not in Redis yet are answered as `late`.
 */
export async function compareLevels(
  pair: ViewPair,
  log: string,
  storedLevels: readonly PublishedStockLevel[],
): Promise<{ findings: ViewFinding[]; late: PublishedStockLevel[] }> {
  const viewed = await readOfLog(pair, log, storedLevels);
  const late: PublishedStockLevel[] = [];
  const early: PublishedStockLevel[] = [];
  storedLevels.forEach((stored, index) => {
    const held = viewed[index];
    if (!held || held.sequence < stored.sequence) late.push(stored);
    else if (held.sequence > stored.sequence || differ(stored, held)) early.push(stored);
  });
  return { findings: await confirmEarly(pair, log, early), late };
}

/** What was in MySQL some time ago must be in Redis now. */
export async function confirmLate(
  pair: ViewPair,
  log: string,
  storedLevels: readonly PublishedStockLevel[],
): Promise<ViewFinding[]> {
  const viewed = await readOfLog(pair, log, storedLevels);
  return storedLevels.flatMap((stored, index): ViewFinding[] => {
    const held = viewed[index];
    const { sku, location } = stored;
    if (!held) return [{ sku, location, what: 'missing', log, stored, viewed: null }];
    if (held.sequence >= stored.sequence) return [];
    return [{ sku, location, what: 'behind', log, stored, viewed: held }];
  });
}

/**
 * What Redis holds of these stock items must be in MySQL, which is therefore read second. Also
 * finds those that MySQL does not know at all.
 */
export async function confirmEarly(
  pair: ViewPair,
  log: string,
  items: readonly ItemName[],
): Promise<ViewFinding[]> {
  if (items.length === 0) return [];
  const viewed = await readOfLog(pair, log, items);
  const storedLevels = await readStoredLevels(pair.pool, pair.settings, items);
  return items.flatMap(({ sku, location }, index): ViewFinding[] => {
    const held = viewed[index];
    if (!held) return [];
    const stored = storedLevels[index] ?? null;
    const what = wrongness(stored, held);
    return what ? [{ sku, location, what, log, stored, viewed: held }] : [];
  });
}

function wrongness(
  stored: PublishedStockLevel | null,
  held: PublishedStockLevel,
): ViewFinding['what'] | undefined {
  if (!stored) return 'not in MySQL';
  if (held.sequence > stored.sequence) return 'ahead';
  const isSame = held.sequence === stored.sequence;
  return isSame && differ(stored, held) ? 'other quantities' : undefined;
}

async function readOfLog(
  { client, settings }: ViewPair,
  log: string,
  items: readonly ItemName[],
): Promise<(PublishedStockLevel | undefined)[]> {
  const held = await readHeldLevels(client, settings, items);
  return held.map((one) => (one?.log === log ? one.level : undefined));
}

function differ(one: PublishedStockLevel, other: PublishedStockLevel): boolean {
  return one.onHand !== other.onHand || one.reserved !== other.reserved;
}
