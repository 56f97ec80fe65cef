import type { LaneWork, LogEntry, SliceResult } from '../src/engine/laneWork.ts';
import type { SliceLimits } from '../src/engine/sliceLimits.ts';
import type { SliceRounds } from '../src/engine/sliceRounds.ts';
import type { SliceTransaction } from '../src/engine/sliceTransaction.ts';
import type { Progress } from '../src/storage/progress.ts';
import type { HandlerTries } from './handlerTries.ts';
import type { LaneBuffer } from './laneBuffer.ts';

/** Commands that wait behind the slice under way. */
const lookAheadMin = 500;

/** A stretch of a lane's entries. */
interface Stretch<Entry> {
  entries: readonly Entry[];
  /** One past its last offset. */
  end: number;
}

/** A slice on its way into MySQL. Its entries are cut when its turn comes. */
export interface StartedSlice<Entry> extends Stretch<Entry> {
  /** All of it that was ever sent: of an earlier, longer try nobody may know what became of it. */
  tried: Stretch<Entry>;
  result: Promise<SliceResult>;
}

/**
 * Puts the slices of a lane on their way, two at a time where there is much to do: while one
 * commits, the rows of the next, decided meanwhile, are on their way to MySQL, too. That one is
 * committed only when the one before it is; what comes thereafter waits.
 */
export class SlicePipeline<Entry extends LogEntry> {
  readonly #work: LaneWork<Entry>;
  readonly #limits: SliceLimits;
  readonly #rounds: SliceRounds;
  readonly #buffer: LaneBuffer<Entry>;
  readonly #tries: HandlerTries;
  #underWay: StartedSlice<Entry> | undefined;
  #next: StartedSlice<Entry> | undefined;
  #stopping = false;

  constructor(
    work: LaneWork<Entry>,
    limits: SliceLimits,
    rounds: SliceRounds,
    buffer: LaneBuffer<Entry>,
    tries: HandlerTries,
  ) {
    this.#work = work;
    this.#limits = limits;
    this.#rounds = rounds;
    this.#buffer = buffer;
    this.#tries = tries;
  }

  /** Whether the slice after the one that was taken last is under way already. */
  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  /** The slice that follows `from`, where the lane is now. */
  take(from: Progress): StartedSlice<Entry> {
    this.#underWay = this.#next ?? this.#start(from);
    this.#next = undefined;
    return this.#underWay;
  }

  /**
   * Once more the slice that has failed, or its first half: it is not certain what became of it.
   */
  again(from: Progress, failed: StartedSlice<Entry>, isHalved: boolean): StartedSlice<Entry> {
    const { entries, tried } = failed;
    const half = entries.slice(0, Math.ceil(entries.length / 2));
    const last = half.at(-1);
    const isLess = isHalved && last && half.length < entries.length;
    const next = isLess ? { entries: half, end: last.record.offset + 1 } : failed;
    return (this.#underWay = this.#start(from, { ...next, tried }));
  }

  /** The slice under way has failed; so does the one after it. */
  async endNext(): Promise<void> {
    await this.#next?.result.catch(() => undefined);
    this.#next = undefined;
  }

  /** Nothing is started ahead any more. */
  stop(): void {
    this.#stopping = true;
  }

  #start(from: Progress, failed?: Omit<StartedSlice<Entry>, 'result'>): StartedSlice<Entry> {
    const { entries = [], end = from.nextOffset } = failed ?? {};
    // By itself after a failure: it must not hold up other lanes, nor they it.
    const size = () => (failed ? { commands: Infinity, bytes: 0 } : this.#buffer.size);
    const tried = failed?.tried ?? { entries, end };
    const slice: StartedSlice<Entry> = { entries, end, tried, result: notStarted };
    slice.result = this.#rounds.run(size, (transaction) => {
      if (slice.end === from.nextOffset) {
        const waiting = this.#buffer.entries;
        slice.entries = waiting.slice(0, this.#work.cut(waiting, this.#limits));
        slice.end = this.#buffer.endOf(slice.entries);
        slice.tried = { entries: slice.entries, end: slice.end };
      }
      return this.#apply(transaction, from, slice);
    });
    return slice;
  }

  /** When of the slice before it only COMMIT is left to do, and if it is decided. */
  #startNext(before: StartedSlice<Entry>): void {
    const decided = this.#work.decidedAhead?.();
    const last = decided?.entries.at(-1);
    if (!decided || !last || this.#underWay !== before || this.#next) return;
    if (this.#stopping || this.#tries.poison.size > 0) return;
    const { entries, from } = decided;
    const size = { commands: entries.length, bytes: 0 };
    const stretch = { entries, end: last.record.offset + 1 };
    const slice = { ...stretch, tried: stretch, result: notStarted };
    slice.result = this.#rounds.run(
      () => size,
      (transaction) => this.#apply(transaction.after(before.result), from, slice),
    );
    // Whoever comes to it is told; when the one before it fails, nobody does.
    slice.result.catch(() => undefined);
    this.#next = slice;
  }

  #apply(
    transaction: SliceTransaction,
    from: Progress,
    slice: StartedSlice<Entry>,
  ): Promise<SliceResult> {
    const { entries, end } = slice;
    const applied = this.#work.apply(transaction, from, entries, end, this.#tries.poison);
    this.#lookAhead(transaction, entries);
    void transaction.written.then(() => this.#startNext(slice));
    return applied;
  }

  /** With little to do, lanes look up together, in the round. */
  #lookAhead(transaction: SliceTransaction, slice: readonly Entry[]): void {
    const { entries } = this.#buffer;
    const last = slice.at(-1);
    const begin = last ? entries.indexOf(last) + 1 : 0;
    const waiting = entries.slice(begin, begin + this.#limits.commandsMax + 1);
    if (waiting.length < lookAheadMin) return;
    const next = waiting.slice(0, this.#work.cut(waiting, this.#limits));
    this.#work.lookAhead?.(transaction.predecessor, next, next.length < waiting.length);
  }
}

const notStarted = new Promise<SliceResult>(() => undefined);
