import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { HandlerError } from '../src/engine/handlerError.ts';
import type { LaneRecord } from '../src/engine/laneRecord.ts';
import type { LaneWork, LogEntry, SliceResult } from '../src/engine/laneWork.ts';
import { appliedRecord } from '../src/engine/progressAfter.ts';
import type { SliceLimits } from '../src/engine/sliceLimits.ts';
import type { SliceRounds } from '../src/engine/sliceRounds.ts';
import { RoundError } from '../src/engine/sliceTransaction.ts';
import { InvariantError, messageOf } from '../src/ops/errors.ts';
import type { AppliedRecord } from '../src/storage/appliedRecord.ts';
import { FencedError, type Progress, readProgress } from '../src/storage/progress.ts';
import { isTransient } from '../src/storage/transientErrors.ts';
import { HandlerTries } from './handlerTries.ts';
import { LaneBuffer } from './laneBuffer.ts';
import { type StartedSlice, SlicePipeline } from './slicePipeline.ts';

const backOffMsFirst = 50;
const backOffMsMax = 5000;
/** So often a slice is tried whole: MySQL is away more often than a slice is too much for it. */
const wholeTries = 4;

/** That the next slice is not applied, however often it is tried. */
export interface FailingSlice {
  /** When it first failed, in ms since 1970. */
  since: number;
  tries: number;
  /** Why it failed last. */
  reason: string;
}

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
  /** Another owner holds the lane, or the database was put back. It does nothing more. */
  onFenced(reason: FencedError): void;
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
  readonly #rounds: SliceRounds;
  readonly #listener: LaneListener;
  readonly #logger: Logger;
  #progress: Progress;
  readonly #buffer: LaneBuffer<Entry>;
  readonly #tries = new HandlerTries();
  readonly #pipeline: SlicePipeline<Entry>;
  readonly #abort = new AbortController();
  #failing: FailingSlice | undefined;
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
    this.#listener = listener;
    this.#logger = logger;
    this.#work = work;
    this.#buffer = new LaneBuffer(limits, progress.nextOffset);
    this.#pipeline = new SlicePipeline(work, limits, rounds, this.#buffer, this.#tries);
    this.#done = this.#run();
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** The offset from which on the consumer has to bring records. */
  get accepted(): number {
    return this.#buffer.accepted;
  }

  /** One past the last offset that is applied, or of which is known that there is nothing. */
  get position(): number {
    const { entries, accepted } = this.#buffer;
    return entries.length === 0 ? accepted : this.#progress.nextOffset;
  }

  /** The last record that it has taken or applied; null when that is not known. */
  get newest(): AppliedRecord | null {
    const last = this.#buffer.entries.at(-1);
    return last ? appliedRecord(last.record) : this.#progress.applied;
  }

  /** Append time of the oldest record that is not applied, in ms since 1970. */
  get waitingSince(): number | undefined {
    return this.#buffer.entries[0]?.record.timestamp;
  }

  /** What is wrong with the next slice; undefined when nothing is known to be. */
  get failing(): FailingSlice | undefined {
    return this.#failing;
  }

  /** It has taken as much as it may hold; `onRoom` tells when it has room again. */
  get isFull(): boolean {
    return this.#buffer.isFull;
  }

  /** Takes records in log order, and that the log has nothing else before `nextOffset`. */
  accept(records: readonly LaneRecord[], nextOffset: number): void {
    const fresh = records.filter(({ offset }) => offset >= this.#buffer.accepted);
    const logTime = this.#buffer.entries.at(-1)?.time ?? this.#progress.logTime;
    const entries = this.#work.decode(fresh, this.#progress, logTime);
    this.#buffer.add(entries, nextOffset, this.#slicesMax);
    this.#wake();
  }

  /** Ends after what is on its way into MySQL. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#pipeline.stop();
    this.#abort.abort();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    try {
      while (this.#pipeline.hasNext || (await this.#waitForWork())) {
        const taken = await this.#apply();
        if (taken === undefined) return;
        if (this.#buffer.drop(taken, this.#slicesMax)) this.#listener.onRoom();
      }
    } catch (error) {
      if (error instanceof FencedError) this.#listener.onFenced(error);
      else this.#listener.onHalted(error);
    }
  }

  /**
   * How many slices it holds: one that commits, one on its way, one that is decided meanwhile, and
   * one for the time until the next fetch. Where lanes wait for their turn, others fill that time:
   * a slice of each is enough (twelve full lanes: 60 MiB less, at the same speed).
   */
  get #slicesMax(): number {
    return this.#rounds.isAwaited ? 1 : 4;
  }

  async #waitForWork(): Promise<boolean> {
    while (!this.#stopping && this.#buffer.accepted === this.#progress.nextOffset) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return !this.#stopping;
  }

  /**
   * Applies the next slice, again and again while MySQL is away; by halves when it has failed for
   * several times, because it may be too much. Returns how many entries it took, or undefined when
   * told to stop meanwhile.
   */
  async #apply(): Promise<number | undefined> {
    let slice = this.#pipeline.take(this.#progress);
    let backOffMs = backOffMsFirst;
    for (;;) {
      try {
        const result = await slice.result;
        this.#goOn(result.progress);
        this.#listener.onCommitted(result.taken, result);
        return result.taken;
      } catch (error) {
        await this.#pipeline.endNext();
        this.#work.forget();
        if (error instanceof HandlerError) this.#countTry(error);
        else {
          if (!mayBeOver(error)) throw error;
          this.#logger.warn(
            { reason: messageOf(error), offset: this.#progress.nextOffset },
            'slice not applied, retrying',
          );
          const taken = await this.#findTaken(slice);
          if (taken !== undefined) return taken;
          this.#countFailure(error);
          this.#listener.onRetry();
          await this.#pause(backOffMs);
          backOffMs = Math.min(2 * backOffMs, backOffMsMax);
        }
      }
      if (this.#stopping) return undefined;
      const isHalved = (this.#failing?.tries ?? 0) >= wholeTries;
      slice = this.#pipeline.again(this.#progress, slice, isHalved);
    }
  }

  #countFailure(error: unknown): void {
    const { since = Date.now(), tries = 0 } = this.#failing ?? {};
    this.#failing = { since, tries: tries + 1, reason: messageOf(error) };
  }

  #goOn(progress: Progress): void {
    this.#progress = progress;
    this.#failing = undefined;
    this.#tries.clear();
  }

  /** Ends early when told to stop. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }

  /** After a few tries the record is poison: the work sets it aside. */
  #countTry(error: HandlerError): void {
    const { tries, parked } = this.#tries.count(error);
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
  async #findTaken({ tried: { entries, end } }: StartedSlice<Entry>): Promise<number | undefined> {
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
    // The database was put back to an earlier moment. The log has all since, so that what another
    // owner has to do is right here, too: forget, claim anew, go on from there.
    if (nextOffset < before) {
      throw new FencedError(`lane ${lane} was put back from ${before} to ${nextOffset}`);
    }
    const taken = entries.filter(({ record }) => record.offset < nextOffset).length;
    const last = entries[taken - 1]?.record.offset;
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
