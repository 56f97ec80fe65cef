import { type LaneRecord, recordBytes } from '../src/engine/laneRecord.ts';
import type { LogEntry } from '../src/engine/laneWork.ts';
import type { SliceLimits } from '../src/engine/sliceLimits.ts';
import type { SliceSize } from '../src/engine/sliceRounds.ts';

/** What a lane has taken over from the consumer and not applied yet, in log order. Bounded. */
export class LaneBuffer<Entry extends LogEntry> {
  readonly #limits: SliceLimits;
  #entries: Entry[] = [];
  #bytes = 0;
  #isFull = false;
  /** One past the last offset that was taken over; gaps in the log included. */
  #accepted: number;

  constructor(limits: SliceLimits, accepted: number) {
    this.#limits = limits;
    this.#accepted = accepted;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get size(): SliceSize {
    return { commands: this.#entries.length, bytes: this.#bytes };
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** From when it holds `slices` until, after `drop`, it holds less. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Entries of records, and that the log has nothing else before `nextOffset`. */
  add(entries: readonly Entry[], nextOffset: number, slices: number): void {
    this.#entries.push(...entries);
    this.#bytes += bytesOf(entries);
    this.#accepted = Math.max(this.#accepted, nextOffset);
    this.#isFull ||= this.#holds(slices);
  }

  /** Drops the first entries. Whether it was full and is no more. */
  drop(count: number, slices: number): boolean {
    this.#bytes -= bytesOf(this.#entries.slice(0, count));
    this.#entries = this.#entries.slice(count);
    if (!this.#isFull || this.#holds(slices)) return false;
    this.#isFull = false;
    return true;
  }

  /**
   * Where the lane is after its first entries. What follows the last record and is none, markers
   * and remains of transactions, counts as applied: else its deletion would look like a loss.
   */
  endOf(first: readonly Entry[]): number {
    const last = first.at(-1);
    return last && first.length < this.#entries.length ? last.record.offset + 1 : this.#accepted;
  }

  #holds(slices: number): boolean {
    const { commandsMax, bytesMax } = this.#limits;
    return this.#entries.length >= slices * commandsMax || this.#bytes >= slices * bytesMax;
  }
}

function bytesOf(entries: readonly { record: LaneRecord }[]): number {
  return entries.reduce((sum, { record }) => sum + recordBytes(record), 0);
}
