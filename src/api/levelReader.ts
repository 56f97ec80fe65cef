import type { Pool } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { available } from '../domain/stockLevel.ts';
import type { PublishedStockLevel } from '../messaging/stockLevelCodec.ts';
import { toStorageError } from '../storage/storageErrors.ts';
import { readStoredLevels } from '../view/storedLevels.ts';
import type { ViewClient } from '../view/viewClient.ts';
import { type ViewedLevel, type WantedLevel, viewLevels } from '../view/viewLevels.ts';
import { ApiError } from './apiError.ts';

/** After Redis has failed, it is left alone for so long, in ms. */
const avoidMs = 1000;

/** A level as the API tells it. */
export interface LevelAnswer extends PublishedStockLevel {
  available: number;
  source: 'redis' | 'mysql';
  /** False: both sides failed to give a current one, and this may be an old state. */
  isCurrent: boolean;
  /** For how long it has not been affirmed that it is current, in ms; null when nobody knows. */
  ageMs: number | null;
}

/** Reads levels from Redis while it is known to be up to date, else from MySQL. */
export class LevelReader {
  readonly #settings: Settings;
  readonly #pool: Pool;
  readonly #client: ViewClient | undefined;
  #avoidUntil = 0;

  /** Without a client everything is read from MySQL. The pool needs to read only. */
  constructor(settings: Settings, pool: Pool, client: ViewClient | undefined) {
    this.#settings = settings;
    this.#pool = pool;
    this.#client = client;
  }

  /**
   * The levels of these stock items, in their order; undefined where there is none. Throws
   * DATABASE_AWAY when Redis does not have them and MySQL does not answer. A level can be older
   * than the read token asks for: then MySQL has no newer one.
   */
  async read(wanted: readonly WantedLevel[]): Promise<(LevelAnswer | undefined)[]> {
    const viewed = await this.#view(wanted);
    const answers = viewed.map((one) => (one?.isCurrent ? fromView(one) : undefined));
    const open = wanted.flatMap((_, index) => (answers[index] ? [] : [index]));
    if (open.length === 0) return answers;
    try {
      const items = open.flatMap((index) => wanted[index] ?? []);
      const stored = await readStoredLevels(this.#pool, this.#settings, items);
      open.forEach((index, place) => (answers[index] = fromTable(stored[place])));
    } catch (error) {
      // An old state that says so is more use than none.
      for (const index of open) answers[index] = fromView(viewed[index]);
      if (open.every((index) => answers[index])) return answers;
      const cause = toStorageError(error, this.#settings);
      throw new ApiError('DATABASE_AWAY', 'the database does not answer', { cause });
    }
    return answers;
  }

  async #view(wanted: readonly WantedLevel[]): Promise<(ViewedLevel | undefined)[]> {
    if (!this.#client || performance.now() < this.#avoidUntil) return wanted.map(() => undefined);
    try {
      return await viewLevels(this.#client, this.#settings, wanted);
    } catch {
      this.#avoidUntil = performance.now() + avoidMs;
      return wanted.map(() => undefined);
    }
  }
}

function fromView(viewed: ViewedLevel | undefined): LevelAnswer | undefined {
  if (viewed?.found !== 'level') return undefined;
  const { level, isCurrent, ageMs } = viewed;
  return answer(level, 'redis', isCurrent, Number.isFinite(ageMs) ? ageMs : null);
}

function fromTable(level: PublishedStockLevel | undefined): LevelAnswer | undefined {
  return level && answer(level, 'mysql', true, 0);
}

function answer(
  level: PublishedStockLevel,
  source: LevelAnswer['source'],
  isCurrent: boolean,
  ageMs: number | null,
): LevelAnswer {
  const { sku, location, onHand, reserved, sequence, time } = level;
  const free = available({ onHand, reserved, sequence, known: true });
  const stock = { sku, location, onHand, reserved, available: free };
  return { ...stock, sequence, time, source, isCurrent, ageMs };
}
