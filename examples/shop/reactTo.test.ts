import { expect } from 'chai';
import type { PaidLine, VerdictBody } from '../../src/domain/order/orderVerdicts.ts';
import { reactTo } from './reactTo.ts';
import type { OrderRow, OrderStatus } from './shopOrder.ts';

const order = (status: OrderStatus, sequence = 0): OrderRow => {
  return { orderId: 'o-1', status, sequence, openEvents: 2, expiresAt: null };
};
const verdict = (body: VerdictBody, sequence = 1, answers: string | null = 'placed') => {
  return { orderId: 'o-1', sequence, answers, time: 5, ...body };
};
const paid = (confirmed: number, refund: number): PaidLine => {
  const fine = { reason: null, shortage: null };
  return { sku: 'A', location: 'main', confirmed, returned: 0, refund, ...fine };
};
const rejected: VerdictBody = {
  kind: 'OrderStockRejected',
  reason: 'LINES_REFUSED',
  paid: false,
  lines: [],
};

describe('reactTo', () => {
  it('asks for the money when goods are held', () => {
    const reaction = reactTo(
      order('placed'),
      verdict({ kind: 'OrderStockReserved', expiresAt: 77, lines: [] }),
    )!;
    expect(reaction.order).to.deep.equal({
      orderId: 'o-1',
      status: 'reserved',
      sequence: 1,
      openEvents: 1,
      expiresAt: 77,
    });
    expect(reaction.held).to.be.true;
  });

  it('does nothing about a verdict that came before', () => {
    const again = verdict({ kind: 'OrderStockReserved', expiresAt: 77, lines: [] });
    expect(reactTo(order('reserved', 1), again)).to.be.null;
    expect(reactTo(order('reserved', 3), again)).to.be.null;
  });

  it('refuses to go on when a verdict is missing', () => {
    expect(() => reactTo(order('placed'), verdict(rejected, 2))).to.throw(
      'verdict 2 of order o-1 came after 0',
    );
  });

  it('counts an answer only where there is one', () => {
    const expired = verdict({ kind: 'OrderStockExpired', expiresAt: 7, lines: [] }, 2, null);
    expect(reactTo(order('reserved', 1), expired)!.order).to.include({
      status: 'expired',
      openEvents: 2,
    });
  });

  it('sells what is confirmed', () => {
    const sold = verdict(
      { kind: 'OrderStockConfirmed', lines: [paid(3, 0), paid(0, 0)] },
      2,
      'paid',
    );
    const reaction = reactTo(order('reserved', 1), sold)!;
    expect(reaction).to.deep.include({
      lines: [{ sku: 'A', confirmed: 3, released: 0, returned: 0 }],
      payment: 'settled',
      refunds: [],
    });
    expect(reaction.order.status).to.equal('confirmed');
  });

  it('pays back what is missing, and keeps what is sold', () => {
    const body = { kind: 'OrderRefundRequired', reason: 'UNITS_MISSING' } as const;
    const reaction = reactTo(order('reserved', 1), verdict({ ...body, lines: [paid(2, 1)] }, 2))!;
    expect(reaction.order.status).to.equal('confirmed');
    expect(reaction.refunds).to.deep.equal([{ sku: 'A', quantity: 1, reason: 'UNITS_MISSING' }]);
    expect(reaction.lines).to.deep.equal([{ sku: 'A', confirmed: 2, released: 0, returned: 0 }]);
    expect(reaction.payment).to.equal('refunded');
  });

  it('pays back late money without a sale, all of it when no line is named', () => {
    const body = { kind: 'OrderRefundRequired', reason: 'PAYMENT_OVERDUE', lines: [] } as const;
    const reaction = reactTo(order('expired', 2), verdict({ ...body, lines: [] }, 3, 'paid'))!;
    expect(reaction.order.status).to.equal('expired');
    expect(reaction.refunds).to.deep.equal([{ sku: '', quantity: 0, reason: 'PAYMENT_OVERDUE' }]);
  });

  it('calls an order cancelled whichever of the two verdicts comes last', () => {
    const released = { kind: 'OrderStockReleased', lines: [] } as VerdictBody;
    const first = reactTo(order('placed'), verdict(released, 1, 'cancelled'))!.order;
    expect(reactTo(first, verdict(rejected, 2))!.order.status).to.equal('cancelled');
    const other = reactTo(order('placed'), verdict(rejected))!.order;
    expect(other.status).to.equal('rejected');
    expect(reactTo(other, verdict(released, 2, 'cancelled'))!.order.status).to.equal('cancelled');
  });

  it('knows what somebody else sold of an order that nobody paid', () => {
    const units = { released: 2, confirmed: 3, expired: 0, reason: null };
    const lines = [{ sku: 'A', location: 'main', ...units }];
    const expired = verdict({ kind: 'OrderStockExpired', expiresAt: 9, lines }, 1, null);
    expect(reactTo(order('reserved'), expired)!.lines).to.deep.equal([
      { sku: 'A', confirmed: 3, released: 2, returned: 0 },
    ]);
  });

  it('knows which return was taken, and which was refused', () => {
    const units = { requested: 2, returned: 2, returnedInAll: 2 };
    const line = { sku: 'A', location: 'main', ...units, reason: null };
    const taken = verdict({ kind: 'OrderStockReturned', lines: [line] }, 3, 'return-C1');
    expect(reactTo(order('confirmed', 2), taken)).to.deep.include({
      lines: [{ sku: 'A', confirmed: 0, released: 0, returned: 2 }],
      returned: { eventId: 'return-C1', taken: true },
    });
    const body = { kind: 'OrderEventRefused', event: 'OrderReturned', reason: 'NOT_CONFIRMED' };
    const refused = verdict(body as VerdictBody, 3, 'return-C2');
    expect(reactTo(order('confirmed', 2), refused)!.returned).to.deep.equal({
      eventId: 'return-C2',
      taken: false,
    });
  });

  it('takes the refusal of a cancellation for an answer and no more', () => {
    const body = { kind: 'OrderEventRefused', event: 'OrderCancelled', reason: 'ALREADY_EXPIRED' };
    const refused = verdict(body as VerdictBody, 3, 'cancelled');
    const reaction = reactTo(order('expired', 2), refused)!;
    expect(reaction.order).to.include({ status: 'expired', sequence: 3, openEvents: 1 });
    expect(reaction.returned).to.be.null;
  });
});
