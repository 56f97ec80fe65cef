import type { Policy, StockState } from '../domain/stockState.ts';
import { isDue } from '../domain/reservation.ts';
import { emptyState, itemKey } from '../domain/stockState.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { ParkedRow } from '../storage/parkedCommands.ts';
import { type Decided, decideSlice } from './decideSlice.ts';
import { type Entry, decodeSlice } from './decodeSlice.ts';
import { HandlerError, positionKey } from './handlerError.ts';
import { Parking } from './parking.ts';
import type { LaneRecord } from './laneRecord.ts';

/**
 * A lane folded from its log alone, by the same decisions, without database and without effects:
 * what the tables and the events must be if the engine kept its promises.
 */
export class LaneReplay {
  readonly state: StockState;
  readonly #waiting = new Map<string, ParkedRow[]>();
  readonly #poison: Map<string, FailedDecision>;
  #progress: Progress;

  /** `failed`: decisions that failed when the lane was live; their commands are parked here too. */
  constructor(id: LaneId, policy: Policy, failed: readonly FailedDecision[]) {
    this.#poison = new Map(failed.map((one) => [positionKey(one), one]));
    this.state = emptyState(policy);
    this.#progress = { ...id, nextOffset: 0, outboxSequence: 0, logTime: 0, epoch: 0 };
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Applies records in log order and returns the outbox rows that they must have left. */
  apply(records: readonly LaneRecord[]): OutboxRow[] {
    const rows: OutboxRow[] = [];
    for (const entry of decodeSlice(records, this.#progress, this.#progress.logTime)) {
      if ('command' in entry && entry.command.kind === 'ExpireDue') this.#listDue(entry.time);
      const decided = this.#decide(entry);
      rows.push(...decided.rows);
      this.#progress = {
        ...this.#progress,
        nextOffset: entry.record.offset + 1,
        outboxSequence: this.#progress.outboxSequence + decided.rows.length,
        logTime: entry.time,
      };
    }
    return rows;
  }

  /** A command whose decision throws is parked at once: it would throw again. */
  #decide(entry: Entry): Decided {
    if ('command' in entry && 'sku' in entry.command) {
      const key = itemKey(entry.command.sku, entry.command.location);
      if (!this.#waiting.has(key)) this.#waiting.set(key, []);
    }
    try {
      const parking = new Parking(this.state, this.#waiting, this.#poison);
      return decideSlice(parking, [entry], this.#progress);
    } catch (error) {
      if (!(error instanceof HandlerError)) throw error;
      this.#poison.set(positionKey(error.failed), error.failed);
      return this.#decide(entry);
    }
  }

  /** All that is due in the lane, in the order in which the database lists it. */
  #listDue(now: number): void {
    const due = [...this.state.items.values()].flatMap(({ sku, location, reservations }) =>
      [...reservations.values()]
        .filter((reservation) => isDue(reservation, now))
        .map(({ orderId, expiresAt }) => ({ sku, location, orderId, expiresAt })),
    );
    due.sort(
      (a, b) =>
        a.expiresAt - b.expiresAt ||
        byBytes(a.sku, b.sku) ||
        byBytes(a.location, b.location) ||
        byBytes(a.orderId, b.orderId),
    );
    this.state.due = due;
  }
}

function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
