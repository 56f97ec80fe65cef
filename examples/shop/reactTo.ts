import type { OrderVerdict, PaidLine } from '../../src/domain/order/orderVerdicts.ts';
import type { OrderRow, OrderStatus } from './shopOrder.ts';

/** What a verdict says has become of a line's units so far, whoever booked them. */
export interface LineOutcome {
  sku: string;
  confirmed: number;
  released: number;
  returned: number;
}

/** Units to be repaid. An empty SKU stands for the whole payment. */
export interface Refund {
  sku: string;
  quantity: number;
  reason: string;
}

/** What a verdict means for the shop. */
export interface Reaction {
  order: OrderRow;
  /** Goods are held from now on, so it is time to pay. */
  held: boolean;
  lines: LineOutcome[];
  refunds: Refund[];
  /** What became of the payment; null when the verdict says nothing about it. */
  payment: 'settled' | 'refunded' | null;
  /** The event id of a return that was answered, and whether the goods were taken. */
  returned: { eventId: string; taken: boolean } | null;
}

/**
 * What the next verdict of an order means. Null: it was taken before, it came again. Throws when
 * one before it is missing, which the contract rules out.
 */
export function reactTo(order: OrderRow, verdict: OrderVerdict): Reaction | null {
  if (verdict.sequence <= order.sequence) return null;
  if (verdict.sequence !== order.sequence + 1) {
    const { orderId, sequence } = verdict;
    throw new Error(`verdict ${sequence} of order ${orderId} came after ${order.sequence}`);
  }
  const openEvents = order.openEvents - (verdict.answers === null ? 0 : 1);
  const next: OrderRow = { ...order, sequence: verdict.sequence, openEvents };
  const nothing: Reaction = {
    order: next,
    held: false,
    lines: [],
    refunds: [],
    payment: null,
    returned: null,
  };
  switch (verdict.kind) {
    case 'OrderStockReserved':
    case 'OrderStockPartiallyReserved':
      return {
        ...nothing,
        order: { ...next, status: 'reserved', expiresAt: verdict.expiresAt },
        held: true,
      };
    case 'OrderStockRejected':
      // One that was cancelled first is told so by its own verdict.
      return {
        ...nothing,
        order: { ...next, status: unless(order, 'cancelled', 'rejected') },
        lines: outcomes(verdict.lines),
      };
    case 'OrderStockConfirmed':
      return {
        ...nothing,
        order: { ...next, status: 'confirmed' },
        lines: outcomes(verdict.lines),
        payment: 'settled',
      };
    case 'OrderRefundRequired': {
      const isSale = verdict.reason === 'UNITS_MISSING';
      return {
        ...nothing,
        order: isSale ? { ...next, status: 'confirmed' } : next,
        lines: outcomes(verdict.lines),
        refunds: refundsOf(verdict.lines, verdict.reason),
        payment: 'refunded',
      };
    }
    case 'OrderStockReleased':
      return {
        ...nothing,
        order: { ...next, status: 'cancelled' },
        lines: outcomes(verdict.lines),
      };
    case 'OrderStockExpired':
      return {
        ...nothing,
        order: { ...next, status: 'expired' },
        lines: outcomes(verdict.lines),
      };
    case 'OrderStockReturned':
      return {
        ...nothing,
        lines: outcomes(
          verdict.lines.map(({ sku, returnedInAll }) => ({ sku, returned: returnedInAll })),
        ),
        returned: {
          eventId: verdict.answers ?? '',
          taken: verdict.lines.some(({ returned }) => returned > 0),
        },
      };
    case 'OrderEventRefused':
      if (verdict.event !== 'OrderReturned') return nothing;
      return { ...nothing, returned: { eventId: verdict.answers ?? '', taken: false } };
  }
}

function unless({ status }: OrderRow, kept: OrderStatus, otherwise: OrderStatus): OrderStatus {
  return status === kept ? kept : otherwise;
}

/** Those of which units have moved for good. */
function outcomes(lines: readonly (Partial<LineOutcome> & { sku: string })[]): LineOutcome[] {
  return lines
    .map(({ sku, confirmed = 0, released = 0, returned = 0 }) => {
      return { sku, confirmed, released, returned };
    })
    .filter(({ confirmed, released, returned }) => confirmed + released + returned > 0);
}

function refundsOf(lines: readonly PaidLine[], reason: string): Refund[] {
  const refunds = lines
    .filter(({ refund }) => refund > 0)
    .map(({ sku, refund }) => ({ sku, quantity: refund, reason }));
  return refunds.length > 0 ? refunds : [{ sku: '', quantity: 0, reason }];
}
