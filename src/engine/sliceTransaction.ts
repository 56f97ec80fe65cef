import type { Pool } from 'mysql2/promise';
import { messageOf } from '../ops/errors.ts';
import { faultPoint } from '../ops/faultPoint.ts';
import { inTransaction } from '../storage/database.ts';
import { type SliceLookups, sliceLookups } from '../storage/sliceLookups.ts';
import { type Querying, together } from '../storage/together.ts';
import { type SliceRows, saveSlices } from './saveSlices.ts';

/**
 * A transaction of several slices failed: one of them may be at fault, or fenced, and not the one
 * that is told. Each has to be tried by itself.
 */
export class RoundError extends Error {
  override readonly name = 'RoundError';

  constructor(cause: unknown) {
    super(`with slices of other lanes: ${messageOf(cause)}`, { cause });
  }
}

/** The slices of one round, and what each of them leaves. */
class Round {
  readonly reader: Querying;
  readonly lookups: SliceLookups;
  readonly #pool: Pool;
  #awaited: number;
  readonly #slices: SliceRows[] = [];
  #allHere: () => void = () => undefined;
  readonly #saved: Promise<void>;
  readonly predecessors: Promise<unknown>[] = [];
  /** When all but COMMIT is done; never, when that fails. */
  readonly written: Promise<void>;
  #onWritten: () => void = () => undefined;

  constructor(pool: Pool, slices: number) {
    this.#pool = pool;
    this.reader = together(pool);
    this.lookups = sliceLookups(this.reader);
    this.#awaited = slices;
    const complete = new Promise<void>((resolve) => (this.#allHere = resolve));
    this.#saved = complete.then(() => this.#save());
    this.written = new Promise<void>((resolve) => (this.#onWritten = resolve));
  }

  arrive(): void {
    this.#awaited--;
    if (this.#awaited === 0) this.#allHere();
  }

  async commit(slice: SliceRows): Promise<void> {
    this.#slices.push(slice);
    this.arrive();
    try {
      await this.#saved;
    } catch (error) {
      throw this.#slices.length === 1 ? error : new RoundError(error);
    }
  }

  async #save(): Promise<void> {
    if (this.#slices.length === 0) return;
    await inTransaction(this.#pool, async (connection) => {
      await saveSlices(connection, this.#slices);
      this.#onWritten();
      await Promise.all(this.predecessors);
      faultPoint('slice-before-commit');
    });
    faultPoint('slice-after-commit');
  }
}

/**
 * What a slice reads with and saves by. Slices of several lanes that are applied in one round share
 * it: their lookups are one packet, their rows one transaction. So ten lanes with a few commands
 * each pay for one commit and for one statement per table. Each lane's rows depend on its own
 * compare-and-set only.
 */
export class SliceTransaction {
  readonly #round: Round;
  #arrived = false;
  #predecessor: Promise<unknown> = Promise.resolve();

  private constructor(round: Round) {
    this.#round = round;
  }

  /** For so many slices of different lanes. Each has to `commit` or to `leave`. */
  static shared(pool: Pool, slices: number): SliceTransaction[] {
    const round = new Round(pool, slices);
    return Array.from({ length: slices }, () => new SliceTransaction(round));
  }

  static alone(pool: Pool): SliceTransaction {
    return new SliceTransaction(new Round(pool, 1));
  }

  /**
   * Makes it follow a slice of the same lane that is `written` and not committed yet: its rows wait
   * for that one's locks, and it is committed only when that one is.
   */
  after(predecessor: Promise<unknown>): this {
    this.#predecessor = predecessor;
    this.#round.predecessors.push(predecessor);
    return this;
  }

  /** What has to be committed before anything is read for this slice. Fails when that fails. */
  get predecessor(): Promise<unknown> {
    return this.#predecessor;
  }

  /** When all of the round is done but COMMIT; never, when that fails. */
  get written(): Promise<void> {
    return this.#round.written;
  }

  /** What is asked in one turn of the event loop goes out together. */
  get reader(): Querying {
    return this.#round.reader;
  }

  /** What slices look up in one turn of the event loop goes out as a statement for each kind. */
  get lookups(): SliceLookups {
    return this.#round.lookups;
  }

  /**
   * Commits the slice, when every other of the round has come or left. Throws RoundError when that
   * fails and there were others, and what went wrong when there were none.
   */
  commit(slice: SliceRows): Promise<void> {
    this.#arrived = true;
    return this.#round.commit(slice);
  }

  /** The slice saves nothing (any more): the others need not wait for it. */
  leave(): void {
    if (!this.#arrived) this.#round.arrive();
    this.#arrived = true;
  }
}
