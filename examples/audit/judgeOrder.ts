import type { OrderMode } from '../../src/domain/order/orderEvents.ts';
import type {
  OrderRefundRequired,
  OrderStockConfirmed,
  OrderStockExpired,
  OrderStockPartiallyReserved,
  OrderStockRejected,
  OrderStockReleased,
  OrderStockReserved,
  VerdictHead,
} from '../../src/domain/order/orderVerdicts.ts';
import type { PublishedOrderVerdict } from '../../src/messaging/orderStockEventCodec.ts';
import type { OrderHistory } from './orderHistory.ts';

type ReservingVerdict = OrderStockReserved | OrderStockPartiallyReserved | OrderStockRejected;
type PaymentVerdict = OrderStockConfirmed | OrderRefundRequired;
type GivenUp = OrderStockReleased | OrderStockExpired;

/** Promises of the contract that an order's history can break. */
export const promises = [
  'verdicts of an order have no gap and no repeat',
  'every event has exactly one verdict that names it',
  'every order ends in exactly one final verdict',
  'no half of an order was ever stated as final',
  'paid = every line confirmed, or a refund for what was not',
  'given up = every held unit released, or sold by the warehouse',
] as const;

export type Promised = (typeof promises)[number];

/** The promises that this history breaks, seen from outside: no code of onhand decides here. */
export function brokenPromises(history: OrderHistory): Promised[] {
  const checks: Record<Promised, (history: OrderHistory) => boolean> = {
    'verdicts of an order have no gap and no repeat': isContiguous,
    'every event has exactly one verdict that names it': isAnswered,
    'every order ends in exactly one final verdict': endsOnce,
    'no half of an order was ever stated as final': isWhole,
    'paid = every line confirmed, or a refund for what was not': isPaidFor,
    'given up = every held unit released, or sold by the warehouse': isReleased,
  };
  return promises.filter((promise) => !checks[promise](history));
}

/** What the order came to, in the shop's words; undefined when it came to nothing definite. */
export function endOf({ verdicts }: OrderHistory): string | undefined {
  if (verdicts.some(isSale)) return 'confirmed';
  if (verdicts.some(({ kind }) => kind === 'OrderStockReleased')) return 'cancelled';
  if (verdicts.some(({ kind }) => kind === 'OrderStockExpired')) return 'expired';
  if (verdicts.some(({ kind }) => kind === 'OrderStockRejected')) return 'rejected';
  return undefined;
}

function isContiguous({ verdicts }: OrderHistory): boolean {
  return verdicts.every(({ sequence }, index) => sequence === index + 1);
}

function isAnswered({ sent, verdicts }: OrderHistory): boolean {
  const answers = verdicts.flatMap(({ answers }) => answers ?? []).sort();
  const asked = [...sent.keys()].sort();
  return answers.length === asked.length && answers.every((id, index) => id === asked[index]);
}

/**
 * A cancelled order that was also rejected came to one end: the shop asked for both, and each has
 * its answer.
 */
function endsOnce({ verdicts }: OrderHistory): boolean {
  const count = (...kinds: string[]) => verdicts.filter(({ kind }) => kinds.includes(kind)).length;
  const released = count('OrderStockReleased');
  const rejected = released > 0 ? 0 : count('OrderStockRejected');
  const sales = verdicts.filter(isSale).length;
  // What a warehouse has sold of an order that was given up: a payment that comes later is a sale.
  const soldAhead = verdicts.some((verdict) => isGivenUp(verdict) && verdict.lines.some(isSold));
  const givenUp = released + rejected + count('OrderStockExpired');
  const ends = sales > 0 && soldAhead ? sales : givenUp + sales;
  const reserving = verdicts.filter(isReserving).length;
  const payments = verdicts.filter(isPayment).length;
  return reserving === 1 && ends === 1 && payments <= 1;
}

function isWhole({ sent, verdicts }: OrderHistory): boolean {
  const mode = modeOf({ sent, verdicts });
  return verdicts.filter(isReserving).every(({ kind, lines }) => {
    const all = lines.every(({ granted, requested }) => granted === requested);
    const some = lines.some(({ granted }) => granted > 0);
    if (kind === 'OrderStockReserved') return all && some;
    return kind === 'OrderStockRejected' ? !some : mode === 'partial' && some && !all;
  });
}

/** Who paid before anything was held has paid for all; who paid later, for what was held. */
function isPaidFor({ sent, verdicts }: OrderHistory): boolean {
  const payment = verdicts.find(isPayment);
  if (!payment) return true;
  const reserving = verdicts.find(isReserving);
  const paid = sent.get(payment.answers ?? '');
  if (!reserving || !paid) return false;
  // Lines that made no sense were never opened: all of the payment goes back.
  if (payment.lines.length === 0) {
    return payment.kind === 'OrderRefundRequired' && reserving.kind === 'OrderStockRejected';
  }
  const isAhead = paid.offset < reserving.offset || reserving.kind === 'OrderStockRejected';
  const owed = new Map(
    reserving.lines.map((line) => [keyOf(line), isAhead ? line.requested : line.granted]),
  );
  const refunded = payment.lines.reduce((sum, { refund }) => sum + refund, 0);
  const isComplete =
    payment.lines.length === owed.size &&
    payment.lines.every(
      (line) => line.confirmed - line.returned + line.refund === owed.get(keyOf(line)),
    );
  return isComplete && (payment.kind === 'OrderRefundRequired') === refunded > 0;
}

function isReleased({ verdicts }: OrderHistory): boolean {
  const reserving = verdicts.find(isReserving);
  const held = new Map(reserving?.lines.map((line) => [keyOf(line), line.granted]));
  return verdicts.filter(isGivenUp).every(({ lines }) => {
    return lines.every((line) => {
      return line.released + line.expired + line.confirmed >= (held.get(keyOf(line)) ?? 0);
    });
  });
}

function isSold({ confirmed }: { confirmed: number }): boolean {
  return confirmed > 0;
}

function modeOf({ sent }: OrderHistory): OrderMode | undefined {
  for (const { event } of sent.values()) if (event.kind === 'OrderPlaced') return event.mode;
  return undefined;
}

function keyOf({ sku, location }: { sku: string; location: string }): string {
  return `${sku}\n${location}`;
}

type Published<Body> = VerdictHead & Body & { offset: number };

function isReserving(
  verdict: PublishedOrderVerdict,
): verdict is PublishedOrderVerdict & Published<ReservingVerdict> {
  const { kind } = verdict;
  const isHeld = kind === 'OrderStockReserved' || kind === 'OrderStockPartiallyReserved';
  return isHeld || kind === 'OrderStockRejected';
}

function isPayment(
  verdict: PublishedOrderVerdict,
): verdict is PublishedOrderVerdict & Published<PaymentVerdict> {
  return verdict.kind === 'OrderStockConfirmed' || verdict.kind === 'OrderRefundRequired';
}

function isGivenUp(
  verdict: PublishedOrderVerdict,
): verdict is PublishedOrderVerdict & Published<GivenUp> {
  return verdict.kind === 'OrderStockReleased' || verdict.kind === 'OrderStockExpired';
}

/** Units were sold, if not all that were paid for. */
function isSale(verdict: PublishedOrderVerdict): boolean {
  if (verdict.kind === 'OrderStockConfirmed') return true;
  return verdict.kind === 'OrderRefundRequired' && verdict.reason === 'UNITS_MISSING';
}
