import type { OrderFact } from '../domain/order/orderFacts.ts';
import { DEADLINE_LINES_MAX } from '../domain/order/orderLimits.ts';
import type { Order, OrderPolicy, OrderState } from '../domain/order/orderState.ts';
import { emptyOrderState, isOverdue, runningDeadline } from '../domain/order/orderState.ts';
import type { FailedDecision } from '../storage/failedDecisions.ts';
import type { LaneId, Progress } from '../storage/progress.ts';
import { Deadlines } from './deadlines.ts';
import { decideOrderEntry } from './decideOrders.ts';
import { type Folded, LaneFold } from './laneFold.ts';
import type { LaneRecord } from './laneRecord.ts';
import { type OrderEntry, decodeOrderSlice } from './orderEntry.ts';

/** An order lane folded from its log. An event whose decision fails is a dead letter. */
export class OrderReplay extends LaneFold<OrderEntry, OrderFact> {
  readonly state: OrderState;
  readonly #deadlines = new Deadlines<string>();

  constructor(id: LaneId, policy: OrderPolicy, failed: readonly FailedDecision[]) {
    super(id, failed);
    this.state = emptyOrderState(policy);
  }

  putOrder(order: Order): void {
    const { orderId } = order.head;
    this.state.orders.set(orderId, order);
    this.#addDeadline(orderId);
  }

  protected override decode(records: readonly LaneRecord[], from: Progress): OrderEntry[] {
    return decodeOrderSlice(records, from, from.logTime);
  }

  protected override prepare(entry: OrderEntry): void {
    if ('event' in entry && entry.event.kind === 'DeadlinesDue') this.#listDue(entry.time);
  }

  protected override decide(
    entry: OrderEntry,
    from: Progress,
    { facts, rows }: Folded<OrderFact>,
  ): void {
    for (const fact of decideOrderEntry(this.state, entry, from, this.poison, rows)) {
      facts.push(fact);
      if (fact.kind === 'PhaseChanged' && fact.phase === 'reserved')
        this.#addDeadline(fact.orderId);
    }
  }

  /** A deadline runs from the moment on at which the order is reserved. */
  #addDeadline(orderId: string): void {
    const order = this.state.orders.get(orderId);
    const deadline = order ? runningDeadline(order.head) : null;
    if (deadline !== null) this.#deadlines.add(deadline, orderId);
  }

  /** What is due in the lane, as much of it and in the order in which the database lists it. */
  #listDue(now: number): void {
    const due = this.#deadlines.take(now).filter(({ place: orderId }) => {
      const order = this.state.orders.get(orderId);
      return order && isOverdue(order.head, now);
    });
    // A tick may leave some: they are due at the next one.
    for (const { time, place } of due) this.#deadlines.add(time, place);
    due.sort((a, b) => a.time - b.time || (a.place < b.place ? -1 : 1));
    this.state.due = due.slice(0, DEADLINE_LINES_MAX).map(({ place }) => place);
  }
}
