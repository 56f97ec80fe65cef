import { expect } from 'chai';
import type { UpstreamEvent } from '../domain/order/orderEvents.ts';
import type { OrderHead } from '../domain/order/orderState.ts';
import type { OrderStockRejected, OrderVerdict } from '../domain/order/orderVerdicts.ts';
import type { OrderWorld } from './orderWorld.ts';

type Kind = OrderVerdict['kind'];

const reservingKinds: Kind[] = [
  'OrderStockReserved',
  'OrderStockPartiallyReserved',
  'OrderStockRejected',
];

/** What can be wrong with a line here. Anything else means that a wrong command was sent. */
const lineReasons = [
  null,
  'INSUFFICIENT_STOCK',
  'EXPIRY_INVALID',
  'REFUND_REQUIRED',
  'ALREADY_EXPIRED',
  // Somebody else's hand was there before.
  'ALREADY_CONFIRMED',
  'ALREADY_RELEASED',
];

/** What a verdict says must be true at the moment when it is given: of all lines, not of some. */
export function expectTrue(verdict: OrderVerdict, world: OrderWorld): void {
  if (verdict.kind === 'OrderEventRefused' || verdict.kind === 'OrderStockReturned') return;
  const held = world.reservationsOf(verdict.orderId);
  const { head } = world.orders.orders.get(verdict.orderId)!;
  for (const { reason } of verdict.lines) expect(reason).to.be.oneOf(lineReasons);
  switch (verdict.kind) {
    case 'OrderStockReserved':
    case 'OrderStockPartiallyReserved': {
      const isWhole = verdict.lines.every(({ granted, requested }) => granted === requested);
      expect(isWhole, verdict.kind).to.equal(verdict.kind === 'OrderStockReserved');
      if (!isWhole) expect(head.mode, 'half an order').to.equal('partial');
      for (const { sku, granted } of verdict.lines) {
        expect(held.get(sku)?.granted ?? 0, 'granted').to.equal(granted);
      }
      expect(verdict.lines.some(({ granted }) => granted > 0)).to.be.true;
      return;
    }
    case 'OrderStockRejected':
    case 'OrderStockReleased':
    case 'OrderStockExpired':
      expect(head.waiting, 'commands under way').to.equal(0);
      for (const { pending } of held.values()) expect(pending, verdict.kind).to.equal(0);
      if (verdict.kind === 'OrderStockRejected') {
        expectReason(verdict, head);
        for (const { sku, confirmed } of verdict.lines) {
          const told = world.told.get(`${verdict.orderId} ${sku}`);
          expect(told?.confirmed ?? 0, 'confirmed').to.equal(confirmed);
        }
        return;
      }
      for (const { sku, released, confirmed, expired } of verdict.lines) {
        const told = world.told.get(`${verdict.orderId} ${sku}`);
        expect(told, sku).to.include({ pending: 0, released, confirmed, expired });
      }
      return;
    case 'OrderStockConfirmed':
    case 'OrderRefundRequired': {
      expect(head.waiting, 'commands under way').to.equal(0);
      for (const { sku, confirmed, returned } of verdict.lines) {
        const told = world.told.get(`${verdict.orderId} ${sku}`);
        expect(told?.confirmed ?? 0, 'confirmed').to.equal(confirmed);
        expect(told?.returned ?? 0, 'returned').to.equal(returned);
      }
      const refund = verdict.lines.reduce((sum, line) => sum + line.refund, 0);
      if (verdict.kind === 'OrderStockConfirmed') expect(refund, 'refund').to.equal(0);
      else if (verdict.reason === 'UNITS_MISSING') expect(refund, 'refund').to.be.above(0);
      return;
    }
  }
}

/** Lines are to blame, those of a partial order all of them, or something that ended the order. */
function expectReason({ reason, paid, lines }: OrderStockRejected, head: OrderHead): void {
  const refused = lines.filter((line) => line.reason !== null).length;
  if (reason === 'LINES_REFUSED') {
    expect(refused, 'refused').to.be.at.least(head.mode === 'partial' ? lines.length : 1);
  }
  expect(paid, 'paid').to.equal(reason === 'LINES_REFUSED' && head.paidBy !== null);
}

/** Everything has arrived and every deadline has passed: what must hold then of every order. */
export function expectQuiet(world: OrderWorld): void {
  for (const [orderId, { head, returns }] of world.orders.orders) {
    expect(head.waiting, `${orderId} waits`).to.equal(0);
    expect(returns, `${orderId} returns`).to.be.empty;
    expect(head.phase, orderId).to.be.oneOf([
      'unplaced',
      'confirmed',
      'rejected',
      'cancelled',
      'expired',
    ]);
    const verdicts = world.verdicts.filter((verdict) => verdict.orderId === orderId);
    const numbers = verdicts.map(({ sequence }) => sequence);
    expect(numbers, 'sequence').to.deep.equal(numbers.map((_, index) => index + 1));
    expectOneAnswerEach(world, orderId, verdicts);
    expectOneOfEach(verdicts, head.placedBy !== null);
    expectGivenUpUnsold(world, orderId, verdicts);
    expectNothingLeft(world, orderId, verdicts);
  }
}

/** Each upstream event once, however often it came. */
function expectOneAnswerEach(world: OrderWorld, orderId: string, verdicts: OrderVerdict[]): void {
  const sent = upstreamEvents(world, orderId).map(({ event }) => event.eventId);
  const answered = verdicts.flatMap(({ answers }) => answers ?? []);
  expect([...answered].sort(), 'answers').to.deep.equal([...sent].sort());
}

/** One end of reserving, one end of the units, one answer to the payment. */
function expectOneOfEach(verdicts: OrderVerdict[], wasPlaced: boolean): void {
  const count = (...kinds: Kind[]) => verdicts.filter(({ kind }) => kinds.includes(kind)).length;
  expect(count(...reservingKinds), 'ends of reserving').to.equal(wasPlaced ? 1 : 0);
  expect(count('OrderStockConfirmed', 'OrderRefundRequired'), 'payment answers').to.be.at.most(1);
  expect(count('OrderStockReleased', 'OrderStockExpired'), 'given up').to.be.at.most(1);
}

/** What was given up is sold only where a warehouse has sold it. */
function expectGivenUpUnsold(world: OrderWorld, orderId: string, verdicts: OrderVerdict[]): void {
  const isSold = verdicts.some(({ kind }) => kind === 'OrderStockConfirmed');
  const isGivenUp = verdicts.some(({ kind }) => /Released|Expired|Rejected/.test(kind));
  const isBooked = [...world.direct.keys()].some((key) => key.startsWith(`${orderId} `));
  expect(isSold && isGivenUp && !isBooked, `${orderId}: sold and given up`).to.be.false;
}

/**
 * The stock holds nothing any more, and what it sold and took back is what the verdicts say,
 * whoever booked it: but for what a warehouse booked after the order's last answer.
 */
function expectNothingLeft(world: OrderWorld, orderId: string, verdicts: OrderVerdict[]): void {
  const { lines } = world.orders.orders.get(orderId)!;
  for (const [sku, reservation] of world.reservationsOf(orderId)) {
    expect(reservation.pending, `${orderId} holds ${sku}`).to.equal(0);
    expect(reservation.tombstone, `${orderId} was never held: ${sku}`).to.be.false;
    const line = lines.find((each) => each.sku === sku);
    expect(line?.granted, `${orderId} granted ${sku}`).to.equal(reservation.granted);
    const told = world.told.get(`${orderId} ${sku}`)!;
    const { sequence = 0, returned = 0 } = world.direct.get(`${orderId} ${sku}`) ?? {};
    if (sequence < told.sequence) {
      const sold = soldBy(verdicts, sku);
      expect(reservation.confirmed, `${orderId} sold ${sku}`).to.equal(sold);
    }
    expect(reservation.returned, `${orderId} took ${sku} back`).to.equal(
      returned + takenBack(verdicts, sku),
    );
  }
}

/** Units of a SKU as the last verdict says that states any; a return after it sells none. */
function soldBy(verdicts: OrderVerdict[], sku: string): number {
  const said = verdicts.flatMap((verdict) => {
    const lines = 'lines' in verdict ? verdict.lines : [];
    const line = lines.find((each) => each.sku === sku);
    return line && 'confirmed' in line ? line.confirmed : [];
  });
  return said.at(-1) ?? 0;
}

function takenBack(verdicts: OrderVerdict[], sku: string): number {
  let sum = 0;
  for (const verdict of verdicts) {
    if (verdict.kind !== 'OrderStockReturned') continue;
    for (const line of verdict.lines) if (line.sku === sku) sum += line.returned;
  }
  return sum;
}

/** What the order service sent about an order, repeats left out, with log times and places. */
export function upstreamEvents(world: OrderWorld, orderId: string) {
  const seen = new Set<string>();
  const events: { event: UpstreamEvent; time: number; place: number }[] = [];
  world.orderLog.records.forEach(({ message: event, time }, index) => {
    if (event.kind === 'StockReply' || event.kind === 'DeadlinesDue') return;
    if (event.orderId !== orderId || seen.has(event.eventId)) return;
    seen.add(event.eventId);
    events.push({ event, time, place: index + 1 });
  });
  return events;
}
