import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { packageRoot } from '../config/packageRoot.ts';
import type { OrderEvent } from '../domain/order/orderEvents.ts';
import { ORDER_REJECTIONS, REFUND_REASONS } from '../domain/order/orderRefusals.ts';
import type { VerdictBody } from '../domain/order/orderVerdicts.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { play, scenario } from '../testing/orderScenario.ts';
import { DecodeError } from './decodeError.ts';
import { decodeOrderEvent, encodeOrderEvent } from './orderEventCodec.ts';
import { decodeOrderStockEvent, encodeOrderStockEvent } from './orderStockEventCodec.ts';

const { place, pay, cancel, takeBack } = orderEventsFor('o-1');
const names = {
  orderId: 'o-1',
  commandId: 'topic:3:42:0:0',
  sku: 'BANK CHARGES',
  location: 'north',
};
const none = { quantity: 0, totals: null };
const totals = {
  sequence: 9,
  granted: 7,
  pending: 1,
  confirmed: 3,
  released: 2,
  expired: 1,
  returned: 2,
  expiresAt: 2 ** 41,
};
const events: OrderEvent[] = [
  place({ A: 2_147_483_647, B: 1 }, { mode: 'partial', ttlSeconds: 60 }),
  place({ A: 1 }, { expiresAt: 2 ** 52 }),
  pay(),
  cancel({ reason: 'changed my mind – sorry' }),
  takeBack({ A: 1 }),
  { kind: 'StockReply', ...names, quantity: 3, reason: null, shortage: null, totals: null },
  { kind: 'StockReply', ...names, ...none, reason: 'INSUFFICIENT_STOCK', shortage: 7 },
  { kind: 'StockReply', ...names, ...none, reason: 'ALREADY_CONFIRMED', shortage: null, totals },
];

const head = { orderId: 'o-1', sequence: 2, answers: 'e-1', time: 1_700_000_000_000 };
const cause = { topicId: 'T'.repeat(22), partition: 3, offset: 2 ** 40, index: 1 };
const kinds: Record<VerdictBody['kind'], true> = {
  OrderStockReserved: true,
  OrderStockPartiallyReserved: true,
  OrderStockRejected: true,
  OrderStockConfirmed: true,
  OrderRefundRequired: true,
  OrderStockReleased: true,
  OrderStockExpired: true,
  OrderStockReturned: true,
  OrderEventRefused: true,
};

describe('order codecs', function () {
  this.timeout(180_000);

  for (const event of events) {
    it(`round-trips ${event.kind} ${'quantity' in event ? event.quantity : ''}`, () => {
      // Totals are read as the decoder makes them, not as a plain object.
      const decoded = structuredClone(decodeOrderEvent(encodeOrderEvent(event)));
      expect(decoded).to.deep.include(event);
    });
  }

  it('round-trips a tick, which has no names', () => {
    const decoded = decodeOrderEvent(encodeOrderEvent({ kind: 'DeadlinesDue', limit: 7 }));
    expect(decoded).to.include({ kind: 'DeadlinesDue', limit: 7 });
  });

  it('round-trips every kind of verdict, with what it takes from its cause', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(scenario, (given) => {
        for (const verdict of play(given).verdicts) {
          const decoded = decodeOrderStockEvent(encodeOrderStockEvent(verdict, cause));
          const { partition, offset, index } = cause;
          const eventId = `${cause.topicId}:3:${offset}:1`;
          expect(decoded).to.deep.equal({ ...verdict, eventId, partition, offset, index });
          met.add(verdict.kind);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(met).to.deep.equal(new Set(Object.keys(kinds)));
  });

  it('keeps the largest verdict within the message size of a broker', () => {
    const name = 'x'.repeat(64);
    const units = { requested: 2 ** 31, granted: 2 ** 31, confirmed: 2 ** 31 };
    const fields = { sku: name, location: name, ...units };
    const line = { ...fields, reason: 'INSUFFICIENT_STOCK', shortage: 2 ** 31 } as const;
    const lines = Array.from({ length: 1000 }, () => line);
    const body = {
      kind: 'OrderStockRejected',
      reason: 'LINES_REFUSED',
      paid: true,
      lines,
    } as const;
    const bytes = encodeOrderStockEvent({ ...head, ...body }, cause);
    expect(bytes.length).to.be.within(150_000, 300_000);
  });

  for (const decode of [decodeOrderEvent, decodeOrderStockEvent]) {
    it(`${decode.name} names what is wrong`, () => {
      const bytes = Buffer.from('c3010000000000000000', 'hex');
      expect(() => decode(bytes))
        .to.throw(DecodeError)
        .with.property('failure', 'UNKNOWN_SCHEMA');
      expect(() => decode(null))
        .to.throw(DecodeError)
        .with.property('failure', 'EMPTY_VALUE');
    });
  }

  for (const name of ['OrderEvent', 'OrderStockEvent']) {
    it(`${name} has a schema in which everything is documented`, () => {
      const file = join(packageRoot, 'schemas', `${name}.avsc`);
      const undocumented: string[] = [];
      JSON.parse(readFileSync(file, 'utf8'), function (this: object, key, value: unknown) {
        if (key === 'name' && !('doc' in this)) undocumented.push(String(value));
        return value;
      });
      expect(undocumented).to.deep.equal([]);
    });
  }

  it('has a schema that lists the reasons there are', () => {
    const text = readFileSync(join(packageRoot, 'schemas', 'OrderStockEvent.avsc'), 'utf8');
    const list = (names: readonly string[]) =>
      `${names.slice(0, -1).join(', ')} or ${names.at(-1)}; new ones may be added.`;
    expect(text).to.include(list(ORDER_REJECTIONS)).and.to.include(list(REFUND_REASONS));
  });
});
