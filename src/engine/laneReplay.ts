import type { Policy, StockState } from '../domain/stockState.ts';
import { isDue } from '../domain/reservation.ts';
import { emptyState } from '../domain/stockState.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import { decideSlice } from './decideSlice.ts';
import { decodeSlice } from './decodeSlice.ts';
import type { LaneRecord } from './laneRecord.ts';

/**
 * A lane folded from its log alone, by the same decisions, without database and without effects:
 * what the tables and the events must be if the engine kept its promises.
 */
export class LaneReplay {
  readonly state: StockState;
  #progress: Progress;

  constructor(id: LaneId, policy: Policy) {
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
      const decided = decideSlice(this.state, [entry], this.#progress);
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
