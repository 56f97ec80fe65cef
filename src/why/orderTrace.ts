import { decideOrder } from '../domain/order/decideOrder.ts';
import { evolveOrder } from '../domain/order/evolveOrder.ts';
import type { OrderEvent } from '../domain/order/orderEvents.ts';
import type { Order, OrderPolicy, OrderState } from '../domain/order/orderState.ts';
import { emptyOrderState } from '../domain/order/orderState.ts';
import type { LaneRecord } from '../engine/laneRecord.ts';
import { type OrderEntry, decodeOrderSlice } from '../engine/orderEntry.ts';
import type { LaneId } from '../storage/progress.ts';
import type { OrderStep } from './orderStep.ts';

/** The lane of an order, how far it is, and the records that it could not decide, by offset. */
export interface TracedLane extends LaneId {
  nextOffset: number;
  failed: ReadonlyMap<number, string>;
}

/**
 * Folds the log of a lane through the pure core for one order alone: what other orders do changes
 * nothing for it. But for one thing: a tick that finds more due than it may release leaves the rest
 * to the next one. Here it takes the order at once.
 */
export class OrderTrace {
  readonly steps: OrderStep[] = [];
  readonly #orderId: string;
  readonly #idBytes: Buffer;
  readonly #lane: TracedLane;
  readonly #state: OrderState;
  #time = 0;

  constructor(orderId: string, lane: TracedLane, policy: OrderPolicy) {
    this.#orderId = orderId;
    this.#idBytes = Buffer.from(orderId);
    this.#lane = lane;
    this.#state = emptyOrderState(policy);
  }

  /** The order as the log left it; undefined while nothing is known of it. */
  get order(): Order | undefined {
    return this.#state.orders.get(this.#orderId);
  }

  /** Takes the lane's next records, all of them: also those of other orders move the log time. */
  take(records: readonly LaneRecord[]): void {
    for (const record of records) {
      this.#time = Math.max(this.#time, record.timestamp);
      if (!this.#mayConcern(record)) continue;
      const [entry] = decodeOrderSlice([record], this.#lane, this.#time);
      const step = entry && this.#stepOf(entry);
      if (step) this.steps.push(step);
    }
  }

  /** Decoding is most of the work: what neither names the order nor is a tick is spared it. */
  #mayConcern({ key, value }: LaneRecord): boolean {
    return key === null || this.#isKey(key) || Boolean(value?.includes(this.#idBytes));
  }

  #isKey(key: Buffer | null): boolean {
    return key?.equals(this.#idBytes) ?? false;
  }

  #stepOf(entry: OrderEntry): OrderStep | undefined {
    const { offset, key } = entry.record;
    if ('failure' in entry) {
      if (!this.#isKey(key)) return undefined;
      const { failure, message } = entry.failure;
      return this.#step(entry, null, 'dead-letter', `${failure}: ${message}`);
    }
    const { event } = entry;
    const isTick = event.kind === 'DeadlinesDue';
    if (!isTick && event.orderId !== this.#orderId) return undefined;
    if (offset >= this.#lane.nextOffset) {
      return isTick ? undefined : this.#step(entry, event, 'undecided');
    }
    const failed = this.#lane.failed.get(offset);
    if (failed !== undefined) {
      const failure = `HANDLER_FAILED: ${failed}`;
      return isTick ? undefined : this.#step(entry, event, 'dead-letter', failure);
    }
    return this.#decided(entry, event);
  }

  #decided(entry: OrderEntry, event: OrderEvent): OrderStep | undefined {
    const isTick = event.kind === 'DeadlinesDue';
    const { topicId, lane } = this.#lane;
    if (isTick) this.#state.due = [this.#orderId];
    const cause = `${topicId}:${lane}:${entry.record.offset}`;
    const facts = decideOrder(event, this.#state, entry.time, cause);
    for (const fact of facts) evolveOrder(this.#state, fact);
    if (facts.length > 0) return { ...this.#step(entry, event, 'decided'), facts };
    if (isTick) return undefined;
    return this.#step(entry, event, event.kind === 'StockReply' ? 'unawaited' : 'repeated');
  }

  #step(
    { record: { offset }, time }: OrderEntry,
    event: OrderEvent | null,
    outcome: OrderStep['outcome'],
    failure: string | null = null,
  ): OrderStep {
    const { phase = null, waiting = 0 } = this.order?.head ?? {};
    return { offset, time, event, outcome, failure, facts: [], phase, waiting };
  }
}
