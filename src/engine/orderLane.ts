import { isId } from '../domain/limits.ts';
import { DEADLINE_LINES_MAX } from '../domain/order/orderLimits.ts';
import type { Order, OrderPolicy, OrderState } from '../domain/order/orderState.ts';
import { emptyOrderState } from '../domain/order/orderState.ts';
import { readDueOrders } from '../storage/orders.ts';
import type { Progress } from '../storage/progress.ts';
import { cutSlice } from './cutSlice.ts';
import { type DecidedOrders, decideOrders } from './decideOrders.ts';
import type { Poison } from './handlerError.ts';
import type { LaneWork, SliceResult } from './laneWork.ts';
import { type OrderEntry, decodeOrderSlice } from './orderEntry.ts';
import { orderOutcomes } from './orderOutcomes.ts';
import { progressAfter } from './progressAfter.ts';
import type { SliceLimits } from './sliceLimits.ts';
import type { SliceTransaction } from './sliceTransaction.ts';

/** Lines of orders kept in memory per lane at most, over all orders. */
const LINES_MAX = 20_000;

/**
 * Events in a slice at first. They are looked up before it is known how much they write: what does
 * not fit into a transaction is looked up again.
 */
const entriesMaxFirst = 250;

/** The work of an order lane: order events in, commands for the stock engine and verdicts out. */
export class OrderLane implements LaneWork<OrderEntry> {
  readonly decode = decodeOrderSlice;
  readonly #lane: number;
  readonly #policy: OrderPolicy;
  /** Recently changed orders, exact as long as the lane's compare-and-set succeeds. */
  readonly #orders = new Map<string, { order: Order; lines: number }>();
  #lines = 0;
  /** Doubled by each slice that was taken whole. */
  #entriesMax = entriesMaxFirst;

  constructor(lane: number, policy: OrderPolicy) {
    this.#lane = lane;
    this.#policy = policy;
  }

  cut(entries: readonly OrderEntry[], limits: SliceLimits): number {
    const commandsMax = Math.min(limits.commandsMax, this.#entriesMax);
    return cutSlice(entries, { ...limits, commandsMax }, isTick);
  }

  async apply(
    transaction: SliceTransaction,
    from: Progress,
    entries: readonly OrderEntry[],
    nextOffset: number,
    poison: Poison,
  ): Promise<SliceResult> {
    const begun = performance.now();
    const state = await this.#load(transaction, entries);
    const known = new Set(state.orders.keys());
    const decided = decideOrders(state, entries, from, poison);
    const { taken, rows, facts } = decided;
    const progress = reached(from, entries, nextOffset, decided);
    const touched = new Set(facts.map(({ orderId }) => orderId));
    const changed = [...touched].sort().flatMap((orderId) => {
      const order = state.orders.get(orderId);
      return order ? [{ order, isNew: !known.has(orderId), applied: progress.nextOffset }] : [];
    });

    const decidedAt = performance.now();
    await transaction.commit({
      from,
      to: progress,
      orders: changed,
      failed: [...poison.values()],
      outbox: rows,
    });

    for (const { order } of changed) this.#keep(order);
    const isWhole = taken === entries.length;
    if (!isWhole) this.#entriesMax = taken;
    else if (taken >= this.#entriesMax) this.#entriesMax *= 2;
    const measures = {
      ...orderOutcomes(entries.slice(0, taken), facts),
      parkedItems: 0,
      seconds: (performance.now() - begun) / 1000,
      commitSeconds: (performance.now() - decidedAt) / 1000,
    };
    return { progress, taken, rows, measures };
  }

  forget(): void {
    this.#orders.clear();
    this.#lines = 0;
  }

  /** Orders are not parked. */
  parkedItems(): Promise<number> {
    return Promise.resolve(0);
  }

  /** A working copy that holds every order that the entries name. */
  async #load(
    { reader, lookups }: SliceTransaction,
    entries: readonly OrderEntry[],
  ): Promise<OrderState> {
    const state = emptyOrderState(this.#policy);
    const missing = new Set<string>();
    for (const entry of entries) {
      if (!('event' in entry)) continue;
      const { event, time } = entry;
      if (event.kind === 'DeadlinesDue') {
        const due = await readDueOrders(reader, this.#lane, time, DEADLINE_LINES_MAX);
        for (const order of due) state.orders.set(order.head.orderId, order);
        state.due = due.map(({ head }) => head.orderId);
        return state;
      }
      if (!isId(event.orderId)) continue;
      const kept = this.#orders.get(event.orderId);
      if (kept) state.orders.set(event.orderId, kept.order);
      else missing.add(event.orderId);
    }
    for (const { order } of await lookups.orders(this.#lane, [...missing].sort())) {
      state.orders.set(order.head.orderId, order);
    }
    return state;
  }

  #keep(order: Order): void {
    const { orderId } = order.head;
    this.#drop(orderId);
    const lines = 1 + order.lines.length;
    this.#orders.set(orderId, { order, lines });
    this.#lines += lines;
    for (const oldest of this.#orders.keys()) {
      if (this.#lines <= LINES_MAX) break;
      this.#drop(oldest);
    }
  }

  #drop(orderId: string): void {
    this.#lines -= this.#orders.get(orderId)?.lines ?? 0;
    this.#orders.delete(orderId);
  }
}

function reached(
  from: Progress,
  entries: readonly OrderEntry[],
  nextOffset: number,
  { taken, rows }: DecidedOrders,
): Progress {
  const last = entries[taken - 1];
  const end = last && taken < entries.length ? last.record.offset + 1 : nextOffset;
  return progressAfter(from, last, end, rows.length);
}

function isTick(entry: OrderEntry): boolean {
  return 'event' in entry && entry.event.kind === 'DeadlinesDue';
}
