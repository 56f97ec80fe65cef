import { DEADLINE_LINES_MAX } from '../domain/order/orderLimits.ts';
import type { OrderPolicy, OrderState } from '../domain/order/orderState.ts';
import { emptyOrderState, isOverdue } from '../domain/order/orderState.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import { type DecidedOrders, decideOrders } from './decideOrders.ts';
import { HandlerError, positionKey } from './handlerError.ts';
import type { LaneRecord } from './laneRecord.ts';
import { type OrderEntry, decodeOrderSlice } from './orderEntry.ts';

/**
 * An order lane folded from its log alone, by the same decisions, without database and without
 * effects: what the orders, the commands and the verdicts must be if the engine kept its promises.
 */
export class OrderReplay {
  readonly state: OrderState;
  readonly #poison: Map<string, FailedDecision>;
  #progress: Progress;

  /** `failed`: decisions that failed when the lane was live; they are dead letters here too. */
  constructor(id: LaneId, policy: OrderPolicy, failed: readonly FailedDecision[]) {
    this.#poison = new Map(failed.map((one) => [positionKey(one), one]));
    this.state = emptyOrderState(policy);
    this.#progress = { ...id, nextOffset: 0, outboxSequence: 0, logTime: 0, epoch: 0 };
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Applies records in log order and returns the outbox rows that they must have left. */
  apply(records: readonly LaneRecord[]): OutboxRow[] {
    const applied: OutboxRow[] = [];
    for (const entry of decodeOrderSlice(records, this.#progress, this.#progress.logTime)) {
      if ('event' in entry && entry.event.kind === 'DeadlinesDue') this.#listDue(entry.time);
      const { rows } = this.#decide(entry);
      for (const row of rows) applied.push(row);
      this.#progress = {
        ...this.#progress,
        nextOffset: entry.record.offset + 1,
        outboxSequence: this.#progress.outboxSequence + rows.length,
        logTime: entry.time,
      };
    }
    return applied;
  }

  /** An event whose decision throws is a dead letter at once: it would throw again. */
  #decide(entry: OrderEntry): DecidedOrders {
    try {
      return decideOrders(this.state, [entry], this.#progress, this.#poison);
    } catch (error) {
      if (!(error instanceof HandlerError)) throw error;
      this.#poison.set(positionKey(error.failed), error.failed);
      return this.#decide(entry);
    }
  }

  /** What is due in the lane, as much of it and in the order in which the database lists it. */
  #listDue(now: number): void {
    const due = [...this.state.orders.values()].filter(({ head }) => isOverdue(head, now));
    due.sort(
      ({ head: a }, { head: b }) => a.expiresAt - b.expiresAt || (a.orderId < b.orderId ? -1 : 1),
    );
    this.state.due = due.slice(0, DEADLINE_LINES_MAX).map(({ head }) => head.orderId);
  }
}
