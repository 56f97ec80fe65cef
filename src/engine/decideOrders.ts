import { decideOrder } from '../domain/order/decideOrder.ts';
import { evolveOrder } from '../domain/order/evolveOrder.ts';
import type { OrderFact } from '../domain/order/orderFacts.ts';
import type { Order, OrderState } from '../domain/order/orderState.ts';
import { InvariantError } from '../ops/errors.ts';
import { throwOnPoison } from '../ops/faultPoint.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Progress } from '../storage/progress.ts';
import { HandlerError, type Poison, positionKey } from './handlerError.ts';
import type { OrderEntry } from './orderEntry.ts';
import { deadLetterRow } from './deadLetterRow.ts';
import { orderRows } from './outboxRows.ts';

/**
 * Commands and verdicts of one transaction, about: one event may cause a thousand of them, so that
 * a slice has to be cut by what it causes, too.
 */
const rowsMax = 4000;

/**
 * Characters of the orders that one transaction writes, about: each of two thousand events may be
 * of another order, and each order is written whole.
 */
const orderCharsMax = 8_000_000;

/** What was decided, of how many entries, and the rows that say so, numbered on. */
export interface DecidedOrders {
  taken: number;
  facts: OrderFact[];
  rows: OutboxRow[];
}

/**
 * Step 3 of a slice: decides order events in log order, each on the state that the ones before
 * left. One that cannot be decided, again and again, becomes a dead letter: orders take what comes
 * late or twice, so that it can be sent again once the fault is mended.
 */
export function decideOrders(
  state: OrderState,
  entries: readonly OrderEntry[],
  from: Progress,
  poison: Poison,
): DecidedOrders {
  const decided: DecidedOrders = { taken: 0, facts: [], rows: [] };
  const { facts, rows } = decided;
  const touched = new Set<string>();
  let chars = 0;
  for (const entry of entries) {
    if (rows.length >= rowsMax || chars >= orderCharsMax) break;
    decided.taken++;
    for (const fact of decideOrderEntry(state, entry, from, poison, rows)) {
      facts.push(fact);
      if (touched.has(fact.orderId)) continue;
      touched.add(fact.orderId);
      chars += charsOf(state.orders.get(fact.orderId));
    }
  }
  return decided;
}

/** About what an order is as JSON. */
function charsOf(order: Order | undefined): number {
  if (!order) return 0;
  const returned = order.returns.reduce((sum, { lines }) => sum + lines.length, 0);
  return 1000 + 200 * (order.lines.length + returned);
}

/**
 * Decides one entry, adds its rows to those of the entries before it since `from`, and returns its
 * facts. Throws HandlerError when the decision throws; then no row is added.
 */
export function decideOrderEntry(
  state: OrderState,
  entry: OrderEntry,
  from: Progress,
  poison: Poison,
  rows: OutboxRow[],
): OrderFact[] {
  const sequence = from.outboxSequence + rows.length + 1;
  const failure = 'failure' in entry ? entry.failure : failedBefore(entry, poison);
  if (failure) rows.push(deadLetterRow(entry.record, failure, from, entry.time, sequence));
  if (failure || 'failure' in entry) return [];
  const facts = decideOne(state, entry, from);
  for (const row of orderRows(facts, from, entry, sequence)) rows.push(row);
  return facts;
}

type EventEntry = Extract<OrderEntry, { event: unknown }>;

function failedBefore({ record: { offset } }: EventEntry, poison: Poison) {
  const failed = poison.get(positionKey({ at: offset, offset }));
  return failed && { failure: 'HANDLER_FAILED', message: failed.reason };
}

function decideOne(state: OrderState, { event, time, record }: EventEntry, from: Progress) {
  try {
    if (event.kind !== 'DeadlinesDue') throwOnPoison(event.orderId);
    const cause = `${from.topicId}:${from.lane}:${record.offset}`;
    const facts = decideOrder(event, state, time, cause);
    for (const fact of facts) evolveOrder(state, fact);
    return facts;
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    throw new HandlerError(record.offset, record.offset, error);
  }
}
