import type { Pool } from 'mysql2/promise';
import { type OutboxRow, readOutbox } from '../src/storage/outbox.ts';
import type { Progress } from '../src/storage/progress.ts';
import { cutRows, rowBytes } from './cutRows.ts';

/** Rows waiting in memory at most. */
const waitingMax = 10_000;
const backOffMs = { first: 200, last: 2000 };
/** For how long less is taken than could be, after a topic has refused it for its size. */
const lessMs = 60_000;
/** How long a row waits that its topic takes in no case, before it is tried again. */
const refusedMs = 10_000;

/** What is read from the table at once. */
const readLimits = { rowsMax: 2000, bytesMax: 1_000_000 };

/** Rows and bytes at most; one row is taken however large it is. */
export interface BatchLimits {
  rowsMax: number;
  bytesMax: number;
}

/**
 * The rows of one owned lane that are to be published, in order and without a gap: handed over in
 * memory by the lane, or read from the table where they were not.
 */
export class LaneOutbox {
  readonly claim: Progress;
  readonly #pool: Pool;
  readonly #onRows: () => void;
  /** Rows that the table had after the cursor; taken before what is handed over. */
  #stored: OutboxRow[] = [];
  #handedOver: OutboxRow[] = [];
  /** False while rows may be in the table that were never handed over. */
  #inStep = false;
  #reading: Promise<void> | undefined;
  /** Negative before the lane was taken over. */
  #cursor = -1;
  #backOff = 0;
  #pausedUntil = 0;
  #bytesMax = Infinity;
  #lessUntil = 0;

  /** `onRows` is called when there may be rows to take. */
  constructor(pool: Pool, claim: Progress, onRows: () => void) {
    this.#pool = pool;
    this.claim = claim;
    this.#onRows = onRows;
  }

  /** Last sequence that is on Kafka; undefined before the take-over has told. */
  get cursor(): number | undefined {
    return this.#cursor < 0 ? undefined : this.#cursor;
  }

  /** Takes committed rows in order; undefined: there may be some in the table. */
  offer(rows: OutboxRow[] | undefined): void {
    if (rows && this.#handedOver.length + rows.length <= waitingMax && rows.every(isSmall)) {
      this.#handedOver.push(...rows);
    } else {
      this.#handedOver = [];
      this.#inStep = false;
    }
    this.#onRows();
  }

  /** Goes on after this sequence; what else there is, the table tells. */
  startAfter(cursor: number): void {
    this.#cursor = cursor;
    this.#stored = [];
    this.#inStep = false;
  }

  /** The next rows; none while the table has to be read first, which this begins. */
  take(limits: BatchLimits): OutboxRow[] {
    if (this.#reading || performance.now() < this.#pausedUntil) return [];
    const { rowsMax, bytesMax } = limits;
    const least = { rowsMax, bytesMax: Math.min(bytesMax, this.#bytesMax) };
    if (performance.now() > this.#lessUntil) this.#bytesMax = Infinity;
    if (this.#stored.length > 0) return this.#stored.slice(0, cutRows(this.#stored, least));
    const rows = this.#inStep ? this.#following(least) : [];
    if (rows.length === 0 && this.#handedOver.length > 0) this.#inStep = false;
    if (!this.#inStep) this.#reading = this.#readTable();
    return rows;
  }

  /** These rows are on Kafka now, the first of what `take` returned. */
  published(rows: readonly OutboxRow[]): void {
    this.#cursor = rows.at(-1)?.sequence ?? this.#cursor;
    this.#stored.splice(0, this.#stored.length > 0 ? rows.length : 0);
    this.#backOff = 0;
  }

  /** Leaves the lane alone for a while, longer each time: its rows could not be published. */
  pause(): void {
    this.#backOff = Math.min(backOffMs.last, Math.max(backOffMs.first, this.#backOff * 2));
    this.#pauseFor(this.#backOff);
  }

  /** A topic has refused these rows for their size: half of them next; one alone has to wait. */
  takeLess(refused: readonly OutboxRow[]): void {
    this.#bytesMax = refused.reduce((sum, row) => sum + rowBytes(row), 0) / 2;
    this.#lessUntil = performance.now() + lessMs;
    if (refused.length === 1) this.#pauseFor(refusedMs);
  }

  #pauseFor(milliseconds: number): void {
    this.#pausedUntil = performance.now() + milliseconds;
    setTimeout(this.#onRows, milliseconds + 1);
  }

  async #readTable(): Promise<void> {
    const { engine, lane } = this.claim;
    // Set before reading: what is offered from now on comes after what the table shows.
    this.#inStep = true;
    this.#handedOver = [];
    const cursor = this.#cursor;
    try {
      const rows = await readOutbox(this.#pool, engine, lane, cursor, readLimits);
      if (cursor !== this.#cursor) this.#inStep = false;
      else if (rows.length > 0) {
        this.#inStep = false;
        this.#stored = rows;
      }
    } catch {
      // MySQL is away: the lane itself says so.
      this.#inStep = false;
      this.pause();
    } finally {
      this.#reading = undefined;
      this.#onRows();
    }
  }

  /** Rows in memory that follow the cursor, without a gap and without a repetition. */
  #following(limits: BatchLimits): OutboxRow[] {
    const [first] = this.#handedOver;
    if (first && first.sequence <= this.#cursor) {
      this.#handedOver = this.#handedOver.filter(({ sequence }) => sequence > this.#cursor);
    }
    let length = 0;
    while (this.#handedOver[length]?.sequence === this.#cursor + 1 + length) length++;
    const following = this.#handedOver.slice(0, length);
    return following.slice(0, cutRows(following, limits));
  }
}

/** A dead letter can be a MiB large; it waits in the table, not in memory. */
function isSmall({ kind }: OutboxRow): boolean {
  return kind !== 'dead-letter';
}
