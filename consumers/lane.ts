import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { HandlerError, positionKey } from '../src/engine/handlerError.ts';
import { type LaneRecord, recordBytes } from '../src/engine/laneRecord.ts';
import type { LaneWork, LogEntry, SliceResult } from '../src/engine/laneWork.ts';
import type { SliceLimits } from '../src/engine/sliceLimits.ts';
import type { SliceRounds } from '../src/engine/sliceRounds.ts';
import { RoundError } from '../src/engine/sliceTransaction.ts';
import { InvariantError, messageOf } from '../src/ops/errors.ts';
import type { FailedDecision } from '../src/storage/failedDecisions.ts';
import { FencedError, type Progress, readProgress } from '../src/storage/progress.ts';
import { isTransient } from '../src/storage/transientErrors.ts';

const handlerTriesMax = 3;
const backOffMsFirst = 50;
const backOffMsMax = 5000;
/** Commands that wait behind the slice under way. */
const lookAheadMin = 500;

/** Those who take what a lane has done. */
export interface LaneListener {
  /**
   * A slice of so many records is committed; without a result, the answer was lost: its rows are in
   * the table.
   */
  onCommitted(records: number, result: SliceResult | undefined): void;
  /** A slice was not applied, and will be tried again. */
  onRetry(): void;
  /** The buffer has room again. */
  onRoom(): void;
  /** Another owner holds the lane. It does nothing more. */
  onFenced(): void;
  /** Something is broken that trying again cannot mend. The lane does nothing more. */
  onHalted(error: unknown): void;
}

/**
 * One partition at work: a bounded buffer that the consumer fills, and a loop that applies it slice
 * by slice at its own pace. It ends by `stop`, by being fenced, or halted.
 */
export class Lane<Entry extends LogEntry = LogEntry> {
  readonly #pool: Pool;
  readonly #work: LaneWork<Entry>;
  readonly #limits: SliceLimits;
  readonly #rounds: SliceRounds;
  readonly #listener: LaneListener;
  readonly #logger: Logger;
  #progress: Progress;
  /** Decoded and waiting, in log order. */
  #entries: Entry[] = [];
  #bytes = 0;
  #isFull = false;
  /** One past the last offset that was accepted; gaps in the log included. */
  #accepted: number;
  /** Failed decisions by position, and those that failed too often. */
  readonly #tries = new Map<string, number>();
  readonly #poison = new Map<string, FailedDecision>();
  readonly #abort = new AbortController();
  #stopping = false;
  #wake: () => void = () => undefined;
  readonly #done: Promise<void>;

  constructor(
    pool: Pool,
    progress: Progress,
    work: LaneWork<Entry>,
    limits: SliceLimits,
    listener: LaneListener,
    logger: Logger,
    rounds: SliceRounds,
  ) {
    this.#rounds = rounds;
    this.#pool = pool;
    this.#progress = progress;
    this.#limits = limits;
    this.#listener = listener;
    this.#logger = logger;
    this.#work = work;
    this.#accepted = progress.nextOffset;
    this.#done = this.#run();
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** The offset from which on the consumer has to bring records. */
  get accepted(): number {
    return this.#accepted;
  }

  /** One past the last offset that is applied, or of which is known that there is nothing. */
  get position(): number {
    return this.#entries.length === 0 ? this.#accepted : this.#progress.nextOffset;
  }

  /** Append time of the oldest record that is not applied, in ms since 1970. */
  get waitingSince(): number | undefined {
    return this.#entries[0]?.record.timestamp;
  }

  /** It has taken as much as it may hold; `onRoom` tells when it has room again. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Takes records in log order, and that the log has nothing else before `nextOffset`. */
  accept(records: readonly LaneRecord[], nextOffset: number): void {
    const fresh = records.filter(({ offset }) => offset >= this.#accepted);
    const logTime = this.#entries.at(-1)?.time ?? this.#progress.logTime;
    this.#entries.push(...this.#work.decode(fresh, this.#progress, logTime));
    this.#bytes += bytesOf(fresh);
    this.#accepted = Math.max(this.#accepted, nextOffset);
    this.#isFull ||= this.#holdsEnough();
    this.#wake();
  }

  /** Ends after the slice that is being applied. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#abort.abort();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    try {
      while (await this.#waitForWork()) {
        const taken = await this.#apply();
        if (taken === undefined) return;
        this.#bytes -= bytesOf(this.#entries.slice(0, taken).map(({ record }) => record));
        this.#entries = this.#entries.slice(taken);
        if (!this.#isFull || this.#holdsEnough()) continue;
        this.#isFull = false;
        this.#listener.onRoom();
      }
    } catch (error) {
      if (error instanceof FencedError) this.#listener.onFenced();
      else this.#listener.onHalted(error);
    }
  }

  /**
   * A slice under way, one that is decided meanwhile, one that may begin thereafter, and one more
   * for the time until the next fetch. Where lanes wait for their turn, others fill that time: a
   * slice of each is enough (twelve full lanes: 60 MiB less, at the same speed).
   */
  #holdsEnough(): boolean {
    const { commandsMax, bytesMax } = this.#limits;
    const slices = this.#rounds.isAwaited ? 1 : 4;
    return this.#entries.length >= slices * commandsMax || this.#bytes >= slices * bytesMax;
  }

  async #waitForWork(): Promise<boolean> {
    while (!this.#stopping && this.#accepted === this.#progress.nextOffset) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return !this.#stopping;
  }

  /**
   * Where the lane is after a slice. What follows the last record and is none, markers and remains
   * of transactions, counts as applied: else its deletion would look like a loss.
   */
  #endOf(slice: readonly Entry[]): number {
    const last = slice.at(-1);
    return last && slice.length < this.#entries.length ? last.record.offset + 1 : this.#accepted;
  }

  /**
   * Applies the next slice, again and again while MySQL is away. Returns how many entries it took,
   * or undefined when told to stop meanwhile.
   */
  async #apply(): Promise<number | undefined> {
    let slice: readonly Entry[] = [];
    let end = this.#progress.nextOffset;
    let hasFailed = false;
    // By itself after a failure: it must not hold up other lanes, nor they it.
    const size = () =>
      hasFailed
        ? { commands: Infinity, bytes: 0 }
        : { commands: this.#entries.length, bytes: this.#bytes };
    for (let backOffMs = backOffMsFirst; !this.#stopping;) {
      try {
        const result = await this.#rounds.run(size, (transaction) => {
          // Cut when its turn comes; the same slice again when it is not certain what became of it.
          if (end === this.#progress.nextOffset) {
            slice = this.#entries.slice(0, this.#work.cut(this.#entries, this.#limits));
            end = this.#endOf(slice);
          }
          const applied = this.#work.apply(transaction, this.#progress, slice, end, this.#poison);
          this.#lookAhead(slice.length);
          return applied;
        });
        this.#goOn(result.progress);
        this.#listener.onCommitted(result.taken, result);
        return result.taken;
      } catch (error) {
        this.#work.forget();
        hasFailed = true;
        if (error instanceof HandlerError) {
          this.#countTry(error);
          continue;
        }
        if (!mayBeOver(error)) throw error;
        this.#logger.warn(
          { reason: messageOf(error), offset: this.#progress.nextOffset },
          'slice not applied, retrying',
        );
      }
      const taken = await this.#findTaken(slice, end);
      if (taken !== undefined) return taken;
      this.#listener.onRetry();
      await this.#pause(backOffMs);
      backOffMs = Math.min(2 * backOffMs, backOffMsMax);
    }
    return undefined;
  }

  /** With little to do, lanes look up together, in the round. */
  #lookAhead(taken: number): void {
    const waiting = this.#entries.slice(taken, taken + this.#limits.commandsMax + 1);
    if (waiting.length < lookAheadMin) return;
    const next = waiting.slice(0, this.#work.cut(waiting, this.#limits));
    this.#work.lookAhead?.(next, next.length < waiting.length);
  }

  #goOn(progress: Progress): void {
    this.#progress = progress;
    this.#tries.clear();
    this.#poison.clear();
  }

  /** Ends early when told to stop. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }

  /** After a few tries the record is poison: the work sets it aside. */
  #countTry(error: HandlerError): void {
    const position = positionKey(error.failed);
    const tries = (this.#tries.get(position) ?? 0) + 1;
    this.#tries.set(position, tries);
    const parked = tries >= handlerTriesMax;
    if (parked) this.#poison.set(position, error.failed);
    this.#logger.error(
      { err: error.cause, offset: error.failed.offset, tries },
      parked ? 'record cannot be decided, it is set aside' : 'record cannot be decided',
    );
  }

  /**
   * After a failure the progress row alone says what became of the slice: a COMMIT whose answer was
   * lost may have been done. Returns how many entries it took; undefined when it was not applied.
   * Throws FencedError when the lane is no longer ours.
   */
  async #findTaken(slice: readonly Entry[], end: number): Promise<number | undefined> {
    const { engine, lane, epoch, nextOffset: before } = this.#progress;
    let found: Progress | undefined;
    try {
      found = await readProgress(this.#pool, engine, lane);
    } catch (error) {
      if (isTransient(error)) return undefined;
      throw error;
    }
    if (found?.epoch !== epoch) throw new FencedError(`lane ${lane} has a new owner`);
    const { nextOffset } = found;
    if (nextOffset === before) return undefined;
    const taken = slice.filter(({ record }) => record.offset < nextOffset).length;
    const last = slice[taken - 1]?.record.offset;
    if (nextOffset !== end && nextOffset - 1 !== last) {
      throw new InvariantError(`lane ${lane} moved from ${before} to ${nextOffset} by itself`);
    }
    this.#goOn(found);
    this.#listener.onCommitted(taken, undefined);
    return taken;
  }
}

/** Whether the progress row may tell, or another try help. */
function mayBeOver(error: unknown): boolean {
  return error instanceof FencedError || error instanceof RoundError || isTransient(error);
}

function bytesOf(records: readonly LaneRecord[]): number {
  return records.reduce((sum, record) => sum + recordBytes(record), 0);
}
