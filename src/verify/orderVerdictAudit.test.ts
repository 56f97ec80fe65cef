import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { REFUSED_EVENTS_MAX } from '../domain/order/orderLimits.ts';
import type { OrderRefusal } from '../domain/order/orderRefusals.ts';
import type { OrderVerdict, VerdictBody } from '../domain/order/orderVerdicts.ts';
import { lateHeader } from '../messaging/lateHeader.ts';
import { encodeOrderStockEvent } from '../messaging/orderStockEventCodec.ts';
import { OrderVerdictAudit } from './orderVerdictAudit.ts';

const reserved: VerdictBody = { kind: 'OrderStockReserved', expiresAt: 1, lines: [] };
const confirmed: VerdictBody = { kind: 'OrderStockConfirmed', lines: [] };
const released: VerdictBody = { kind: 'OrderStockReleased', lines: [] };
const refused = (reason: OrderRefusal): VerdictBody => {
  return { kind: 'OrderEventRefused', event: 'OrderPaid', reason };
};

/** Which checks fail after these verdicts on one order: gap, repeat, reversal. */
function broken(
  ...given: [sequence: number, answers: string | null, body: VerdictBody, late?: 'late'][]
) {
  const audit = new OrderVerdictAudit(true);
  audit.take(
    given.map(([sequence, answers, body, late], offset): KafkaMessage => {
      const verdict: OrderVerdict = { orderId: 'o-1', sequence, answers, time: 1, ...body };
      const cause = { topicId: 't'.repeat(22), partition: 0, offset, index: 0 };
      const value = encodeOrderStockEvent(verdict, cause);
      const plain = { timestamp: '1', attributes: 0, headers: late ? { [lateHeader]: '7' } : {} };
      return { ...plain, key: null, value, offset: String(offset) };
    }),
  );
  const names = ['unreadable', 'gap', 'repeat', 'reversal'];
  return names.filter((_, index) => audit.tallies()[index]!.broken > 0);
}

describe('OrderVerdictAudit', () => {
  it('has nothing against an order that is reserved, refused, paid', () => {
    const paid = [3, 'e-3', confirmed] as const;
    expect(broken([1, 'e-1', reserved], [2, 'e-2', refused('ALREADY_PLACED')], [...paid])).to.be
      .empty;
  });

  it('finds a gap and a repeated sequence', () => {
    expect(broken([2, 'e-1', reserved])).to.deep.equal(['gap']);
    expect(broken([1, 'e-1', reserved], [3, 'e-2', confirmed])).to.deep.equal(['gap']);
    expect(broken([1, 'e-1', reserved], [1, 'e-2', confirmed])).to.deep.equal(['gap']);
  });

  it('puts what was published late where it belongs', () => {
    const [first, third] = [[1, 'e-1', reserved] as const, [3, 'e-3', confirmed] as const];
    const second = refused('ALREADY_PLACED');
    expect(broken([...first], [...third], [2, 'e-2', second, 'late'])).to.be.empty;
    expect(broken([...third], [2, 'e-2', second, 'late'], [...first, 'late'])).to.be.empty;
    expect(broken([...first], [...third], [2, 'e-2', second])).to.deep.equal(['gap']);
    expect(broken([...first], [...third], [3, 'e-3', confirmed, 'late'])).to.include('gap');
    expect(broken([...third], [...first, 'late'])).to.deep.equal(['gap']);
  });

  it('finds an event that is answered twice', () => {
    expect(broken([1, 'e-1', reserved], [2, 'e-1', confirmed])).to.deep.equal(['repeat']);
    const again = [2, 'e-1', refused('ALREADY_PLACED')] as const;
    expect(broken([1, 'e-1', reserved], [...again])).to.deep.equal(['repeat']);
  });

  it('knows that a reused id names another event, and an expiry none', () => {
    const reused = refused('EVENT_ID_REUSED');
    expect(broken([1, 'e-1', reserved], [2, 'e-1', reused], [3, 'e-1', reused])).to.be.empty;
    const expired: VerdictBody = { kind: 'OrderStockExpired', expiresAt: 1, lines: [] };
    expect(broken([1, 'e-1', reserved], [2, null, expired])).to.be.empty;
  });

  it('lets only a refusal be forgotten, after as many others', () => {
    const unknown = refused('ORDER_UNKNOWN');
    const many = Array.from({ length: REFUSED_EVENTS_MAX }, (_, index) => {
      return [index + 2, `e-${index}`, unknown] as [number, string, VerdictBody];
    });
    const last = REFUSED_EVENTS_MAX + 2;
    expect(broken([1, 'e-x', unknown], ...many, [last, 'e-x', unknown])).to.be.empty;
    expect(broken([1, 'e-x', released], ...many, [last, 'e-x', unknown])).to.deep.equal(['repeat']);
    expect(broken([1, 'e-x', unknown], [2, 'e-x', unknown])).to.deep.equal(['repeat']);
  });

  it('finds a hold that comes after the end, or twice', () => {
    expect(broken([1, 'e-1', released], [2, 'e-2', reserved])).to.deep.equal(['reversal']);
    expect(broken([1, 'e-1', reserved], [2, 'e-2', reserved])).to.deep.equal(['reversal']);
  });

  it('leaves out what belongs to no order', () => {
    const nameless = refused('ORDER_ID_INVALID');
    expect(broken([0, 'e-1', nameless], [0, 'e-1', nameless])).to.be.empty;
  });
});
