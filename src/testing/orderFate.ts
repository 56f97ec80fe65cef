import { expect } from 'chai';
import type { OrderVerdict } from '../domain/order/orderVerdicts.ts';
import { upstreamEvents } from './orderAudit.ts';
import type { OrderWorld } from './orderWorld.ts';

/**
 * What the order service alone decides, by the times of its log; the stock can only refuse lines.
 */
type Fate = 'unplaced' | 'cancelled first' | 'paid' | 'cancelled' | 'overdue';

/**
 * The fate of each order, found from the log in a few lines, without states or replies, and held
 * against the verdicts. It knows nothing of ticks: so they can have changed nothing.
 */
export function expectFate(world: OrderWorld): void {
  for (const orderId of world.orders.orders.keys()) {
    const verdicts = world.verdicts.filter((verdict) => verdict.orderId === orderId);
    const find = (kind: OrderVerdict['kind']) => verdicts.find((each) => each.kind === kind);
    const rejected = find('OrderStockRejected');
    const refund = find('OrderRefundRequired');
    const reason = rejected && 'reason' in rejected ? rejected.reason : null;
    const { fate, isPaid } = fateOf(world, orderId);
    const expected = expectations[fate](reason);
    for (const [kind, isThere] of Object.entries(expected)) {
      expect(!!find(kind as OrderVerdict['kind']), `${orderId} ${fate}: ${kind}`).to.equal(isThere);
    }
    if (fate === 'paid' && reason === null) {
      expect(!!find('OrderStockConfirmed') || !!refund, `${orderId}: payment`).to.be.true;
    } else if (fate !== 'unplaced') {
      const isAnswered = !!refund || !!find('OrderStockConfirmed');
      expect(isAnswered, `${orderId} ${fate}: payment`).to.equal(isPaid);
    }
    if (refund?.kind === 'OrderRefundRequired') expectWholeRefund(world, refund);
  }
}

/** Rejections that only the stock engine decides, by what is there or by when it answers. */
const ofStock: (string | null)[] = ['LINES_REFUSED', 'RESERVED_TOO_LATE'];

const expectations: Record<Fate, (reason: string | null) => Record<string, boolean>> = {
  unplaced: () => ({ OrderStockRejected: false, OrderStockExpired: false }),
  'cancelled first': (reason) => {
    expect(reason).to.be.oneOf(['ORDER_CANCELLED', null]);
    return { OrderStockReleased: true, OrderStockExpired: false };
  },
  paid: (reason) => {
    expect(reason).to.be.oneOf([...ofStock, null]);
    return { OrderStockReleased: false, OrderStockExpired: false };
  },
  cancelled: (reason) => {
    expect(reason).to.be.oneOf([...ofStock, 'ORDER_CANCELLED', null]);
    const isRefused = ofStock.includes(reason);
    return { ...(isRefused ? {} : { OrderStockReleased: true }), OrderStockExpired: false };
  },
  overdue: (reason) => {
    expect(reason).to.be.oneOf([...ofStock, null]);
    // While refused lines make the order give back the others, it can still be cancelled.
    const isRefused = ofStock.includes(reason);
    return {
      ...(isRefused ? {} : { OrderStockReleased: false }),
      OrderStockExpired: reason === null,
    };
  },
};

function fateOf(world: OrderWorld, orderId: string): { fate: Fate; isPaid: boolean } {
  let fate: Fate | null = null;
  let isPlaced = false;
  let isPaid = false;
  const reserved = world.reservedAt.get(orderId);
  for (const { event, time, place } of upstreamEvents(world, orderId)) {
    if (reserved && place > reserved.place && time >= reserved.expiresAt) fate ??= 'overdue';
    if (event.kind === 'OrderPlaced' && !isPlaced) isPlaced = true;
    else if (event.kind === 'OrderCancelled') {
      fate ??= isPlaced ? 'cancelled' : 'cancelled first';
    } else if (event.kind === 'OrderPaid' && (isPlaced || fate !== null)) {
      fate ??= 'paid';
      isPaid = true;
    }
  }
  return { fate: fate ?? (isPlaced ? 'overdue' : 'unplaced'), isPaid };
}

/** A payment ahead of the reserving verdict was for all units, a later one for what was held. */
function expectWholeRefund(world: OrderWorld, refund: OrderVerdict): void {
  const { orderId, answers } = refund;
  const { lines } = world.orders.orders.get(orderId)!;
  const reserved = world.reservedAt.get(orderId)?.place ?? Infinity;
  const paid = upstreamEvents(world, orderId).find(({ event }) => event.eventId === answers)!;
  for (const line of refund.kind === 'OrderRefundRequired' ? refund.lines : []) {
    const { requested, granted } = lines.find(({ sku }) => sku === line.sku)!;
    const owed = paid.place > reserved ? granted : requested;
    const { confirmed, returned, refund: units } = line;
    expect(confirmed - returned + units, `${orderId} ${line.sku}: owed`).to.equal(owed);
  }
}
