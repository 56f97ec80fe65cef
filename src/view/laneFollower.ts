import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { InvariantError, messageOf } from '../ops/errors.ts';
import { type OutboxRow, readOutbox } from '../storage/outbox.ts';
import { type Progress, readProgress } from '../storage/progress.ts';
import { buildLane } from './buildLane.ts';
import { dropOlderKeys } from './dropOlderKeys.ts';
import {
  type LaneNote,
  affirmedMsMax,
  formatNote,
  inStep,
  newStaleState,
  parseNote,
  readNotes,
  replaceNote,
} from './laneNote.ts';
import { putOutcomes } from './outcomeMailbox.ts';
import { setLevels } from './setLevels.ts';
import type { ViewClient } from './viewClient.ts';

/** Rows waiting in memory at most. */
const waitingMax = 10_000;
/** Rows that go to Redis between two notes at most. */
const limits = { rowsMax: 2000, bytesMax: 4_000_000 };
/** Further behind than this, reading the levels is cheaper than reading the events. */
const catchUpRowsMax = 20_000;
/** How often a lane without traffic affirms its note. Also finds a Redis that was wiped. */
const affirmMs = 5000;
const backOffMsMin = 100;
const backOffMsMax = 2000;

/** What a follower needs of its process. */
export interface FollowerContext {
  settings: Settings;
  /** Reads only. */
  pool: Pool;
  client: ViewClient;
  logger: Logger;
}

/** Since when (ms since 1970) a lane of the view lacks something, and what failed last. */
export interface Behind {
  since: number;
  reason: string;
}

/** Redis, or our queue, does not hold what it should, or another process follows the lane. */
class OutOfStep extends Error {
  override readonly message = 'it does not hold what it was left with, or another process writes';
}

/**
 * Brings one lane's levels and outcomes to Redis, while its process owns the lane. Rows come from
 * the publisher's memory; whatever was missed (Redis was away, slow or wiped, the process started
 * anew) is read from MySQL: from the outbox, or, when that is long, the levels themselves.
 */
export class LaneFollower {
  /** Rows that were not taken from memory. Each was or will be made up for from MySQL. */
  dropped = 0;
  readonly #context: FollowerContext;
  readonly #claim: Progress;
  #waiting: OutboxRow[] = [];
  /** False while rows may be in the table that were never handed over. */
  #taking = false;
  /** The note as we left it in Redis, and what it says. */
  #noteText = '';
  #note: LaneNote;
  #troubled = false;
  #behind: Behind | undefined = { since: Date.now(), reason: 'not asked yet' };
  #closing = false;
  #wake: () => void = () => undefined;
  readonly #done: Promise<void>;

  /** Follows for the owner who holds this claim, until it is closed or somebody else follows. */
  constructor(context: FollowerContext, claim: Progress) {
    this.#context = context;
    this.#claim = claim;
    this.#note = { log: claim.topicId, epoch: claim.epoch, through: null, state: inStep };
    this.#done = this.#run();
  }

  /** Takes committed rows in order, into memory of a bounded size. Never waits, never throws. */
  offer(rows: readonly OutboxRow[]): void {
    // While rows are dropped, none of them must cut short the wait for the next try.
    if (!this.#taking) {
      this.dropped += rows.length;
      return;
    }
    for (const row of rows) this.#waiting.push(row);
    if (this.#waiting.length > waitingMax) this.#drop();
    this.#wake();
  }

  /** Looks at once whether Redis is as it was left. */
  affirm(): void {
    if (this.#taking) this.#wake();
  }

  /** Whether Redis holds all that was offered, as far as is known here. */
  get isInStep(): boolean {
    return this.#taking && this.#waiting.length === 0 && this.#note.state === inStep;
  }

  get lane(): number {
    return this.#claim.lane;
  }

  /** Since when Redis is known to lack something, and why; undefined while it is not. */
  get behind(): Behind | undefined {
    return this.#behind;
  }

  /** Ends after what waits, if Redis takes it. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    let backOffMs = backOffMsMin;
    while (!this.#closing) {
      try {
        await this.#catchUp();
        this.#behind = undefined;
        backOffMs = backOffMsMin;
        this.#tell('view follows again', undefined);
        while (!this.#closing || this.#waiting.length > 0) await this.#follow();
      } catch (error) {
        this.#drop();
        this.#behind = { since: this.#behind?.since ?? Date.now(), reason: messageOf(error) };
        if (!(error instanceof OutOfStep)) this.#tell('view is behind', error);
        await this.#pause(backOffMs);
        backOffMs = Math.min(2 * backOffMs, backOffMsMax);
      }
    }
  }

  #drop(): void {
    this.dropped += this.#waiting.length;
    this.#waiting = [];
    this.#taking = false;
  }

  /** Sends what waits, or affirms after a while that nothing does. */
  async #follow(): Promise<void> {
    if (this.#taking && this.#waiting.length === 0) await this.#pause(affirmMs);
    if (!this.#taking) throw new OutOfStep();
    const rows = this.#waiting.splice(0, limits.rowsMax);
    const fresh = rows.filter(({ sequence }) => sequence > (this.#note.through ?? 0));
    const [first] = fresh;
    if (first && first.sequence !== (this.#note.through ?? 0) + 1) throw new OutOfStep();
    await this.#send(fresh);
    await this.#replace({ through: fresh.at(-1)?.sequence ?? this.#note.through });
  }

  /** Makes up for everything that is committed and not in Redis. */
  async #catchUp(): Promise<void> {
    const { settings, client, pool } = this.#context;
    const { lane, topicId: log, epoch } = this.#claim;
    const [held] = await readNotes(client, settings, [lane]);
    const found = parseNote(held?.text);
    const isOther = found?.log === log && found.epoch > epoch;
    if (isOther && held && held.ageMs < affirmedMsMax) throw new OutOfStep();
    // Up to there, and no further, can a Redis be trusted that was not always ours.
    const through = found?.log === log ? found.through : null;
    this.#noteText = held?.text ?? '';
    this.#note = { log, epoch, through, state: newStaleState() };
    await this.#replace({});
    const progress = await readProgress(pool, 'stock', lane);
    const behind = (progress?.outboxSequence ?? 0) - (through ?? 0);
    if (through === null || behind < 0 || behind > catchUpRowsMax) await this.#build();
    while (!(await this.#readOn())) if (this.#closing) throw new OutOfStep();
    await this.#replace({ state: inStep });
    await dropOlderKeys(pool, client, settings, lane, log);
  }

  /** Reads the outbox on. Answers whether it came to its end, and rows are taken from memory. */
  async #readOn(): Promise<boolean> {
    const { pool, settings } = this.#context;
    const through = this.#note.through ?? 0;
    // Set before reading: what is offered from now on comes after what the table shows.
    if (!this.#taking) this.#waiting = [];
    this.#taking = true;
    const rows = await readOutbox(pool, 'stock', this.#claim.lane, through, limits);
    const [first] = rows;
    if (!first) return this.#taking;
    if (first.sequence !== through + 1) {
      // The rows between were pruned.
      await this.#build();
      return false;
    }
    const since = Date.now() - settings.ONHAND_OUTCOME_TTL_SECONDS * 1000;
    await this.#send(rows, since);
    await this.#replace({ through: rows.at(-1)?.sequence ?? through });
    return false;
  }

  async #build(): Promise<void> {
    const { pool, client, settings } = this.#context;
    await this.#replace({ through: null });
    const built = await buildLane(pool, client, settings, this.#claim.lane);
    if (!built) throw new InvariantError(`lane ${this.#claim.lane} is claimed without progress`);
    await this.#replace({ through: built.through });
  }

  /** Outcomes of before `since` (ms since 1970) have had their time. */
  async #send(rows: readonly OutboxRow[], since = 0): Promise<void> {
    const { client, settings } = this.#context;
    const levels = rows.flatMap(({ level }) => level ?? []);
    await Promise.all([
      setLevels(client, settings, this.#claim.topicId, levels),
      putOutcomes(
        client,
        settings,
        rows.filter(({ time }) => time >= since),
      ),
    ]);
  }

  async #replace(change: Partial<LaneNote>): Promise<void> {
    const { client, settings } = this.#context;
    const note = { ...this.#note, ...change };
    if (!(await replaceNote(client, settings, this.#claim.lane, this.#noteText, note))) {
      throw new OutOfStep();
    }
    this.#note = note;
    this.#noteText = formatNote(note);
  }

  /** Waits until something is offered or to be closed, or so many ms. */
  async #pause(ms: number): Promise<void> {
    if (this.#closing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }

  /** Logs the first failure, and that it is over; not each try. */
  #tell(message: string, error: unknown): void {
    const troubled = error !== undefined;
    if (troubled === this.#troubled) return;
    this.#troubled = troubled;
    const { lane } = this.#claim;
    const { logger } = this.#context;
    if (troubled) logger.warn({ lane, reason: messageOf(error) }, message);
    else logger.info({ lane, dropped: this.dropped }, message);
  }
}
