import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import { HandlerError, positionKey } from './handlerError.ts';
import type { LaneRecord } from './laneRecord.ts';
import type { LogEntry } from './laneWork.ts';
import { progressAfter } from './progressAfter.ts';

/** What records have caused: what changed, and the outbox rows that they must have left. */
export interface Folded<Fact> {
  facts: Fact[];
  rows: OutboxRow[];
  /** Log offset of the record that caused each fact, and each row. */
  offsets: { facts: number[]; rows: number[] };
}

/**
 * A lane folded from its log alone, by the same decisions, without database and without effects:
 * what the tables and the events must be if the engine kept its promises. It begins at the log's
 * start, or (`resume`) at an offset at which its state is known.
 */
export abstract class LaneFold<Entry extends LogEntry = LogEntry, Fact = unknown> {
  protected readonly poison: Map<string, FailedDecision>;
  readonly #failures: FailedDecision[] = [];
  #progress: Progress;

  /** `failed`: decisions that failed when the lane was live; they fail here too. */
  constructor(
    { engine, lane, topicId, partitionCount }: LaneId,
    failed: readonly FailedDecision[],
  ) {
    this.poison = new Map();
    this.learnFailed(failed);
    const id = { engine, lane, topicId, partitionCount };
    const start = { nextOffset: 0, outboxSequence: 0, logTime: 0, epoch: 0, applied: null };
    this.#progress = { ...id, ...start };
  }

  /** How far it is; the epoch is always 0. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Decisions that failed here and had not failed when the lane was live. */
  get failures(): readonly FailedDecision[] {
    return this.#failures;
  }

  /** Decisions that have failed since, while the lane is live. */
  learnFailed(failed: readonly FailedDecision[]): void {
    for (const one of failed) this.poison.set(positionKey(one), one);
  }

  /**
   * Goes on from where the lane was when the state was as it was put in here. The last applied
   * record is not known then, before another one is applied.
   */
  resume(at: Pick<Progress, 'nextOffset' | 'outboxSequence' | 'logTime'>): void {
    const { nextOffset, outboxSequence, logTime } = at;
    this.#progress = { ...this.#progress, nextOffset, outboxSequence, logTime, applied: null };
  }

  /** Applies records in log order and returns the outbox rows that they must have left. */
  apply(records: readonly LaneRecord[]): OutboxRow[] {
    return this.fold(records).rows;
  }

  /** Applies records in log order and returns all that they caused. */
  fold(records: readonly LaneRecord[]): Folded<Fact> {
    const from = this.#progress;
    const folded: Folded<Fact> = { facts: [], rows: [], offsets: { facts: [], rows: [] } };
    let last: LogEntry | undefined;
    for (const entry of this.decode(records, from)) {
      this.prepare(entry);
      this.#decide(entry, from, folded);
      const { facts, rows, offsets } = folded;
      while (offsets.facts.length < facts.length) offsets.facts.push(entry.record.offset);
      while (offsets.rows.length < rows.length) offsets.rows.push(entry.record.offset);
      last = entry;
    }
    if (!last) return folded;
    this.#progress = progressAfter(from, last, last.record.offset + 1, folded.rows.length);
    return folded;
  }

  protected abstract decode(records: readonly LaneRecord[], from: Progress): Entry[];
  /** Makes the state what the database would show to the decision. */
  protected abstract prepare(entry: Entry): void;
  /** Decides an entry and adds what it caused; throws HandlerError before it has added anything. */
  protected abstract decide(entry: Entry, from: Progress, folded: Folded<Fact>): void;

  /** A decision that throws is poison at once: it would throw again. */
  #decide(entry: Entry, from: Progress, folded: Folded<Fact>): void {
    try {
      this.decide(entry, from, folded);
    } catch (error) {
      if (!(error instanceof HandlerError)) throw error;
      this.poison.set(positionKey(error.failed), error.failed);
      this.#failures.push(error.failed);
      this.#decide(entry, from, folded);
    }
  }
}
