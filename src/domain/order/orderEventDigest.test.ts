import { expect } from 'chai';
import { linesOf } from '../../testing/orderEventsFor.ts';
import { orderEventDigest } from './orderEventDigest.ts';
import type { OrderPlaced, UpstreamEvent } from './orderEvents.ts';

const ids = { eventId: 'e-1', orderId: 'o-1' };
const placed: OrderPlaced = {
  ...ids,
  kind: 'OrderPlaced',
  lines: linesOf({ A: 1, B: 2 }),
  mode: 'all',
  expiresAt: null,
  ttlSeconds: null,
};

/** Each says something else. */
const bodies: UpstreamEvent[] = [
  placed,
  { ...placed, mode: 'partial' },
  { ...placed, expiresAt: 60 },
  { ...placed, ttlSeconds: 60 },
  { ...placed, lines: linesOf({ A: 1 }) },
  { ...placed, lines: linesOf({ A: 1, B: 3 }) },
  { ...placed, lines: linesOf({ A: 1, C: 2 }) },
  { ...placed, lines: linesOf({ B: 2, A: 1 }) },
  { ...placed, lines: placed.lines.map((line) => ({ ...line, location: 'north' })) },
  { ...ids, kind: 'OrderPaid' },
  { ...ids, kind: 'OrderCancelled', reason: '' },
  { ...ids, kind: 'OrderCancelled', reason: 'x' },
  { ...ids, kind: 'OrderReturned', lines: placed.lines },
  { ...ids, kind: 'OrderReturned', lines: linesOf({ A: 1 }) },
];

describe('orderEventDigest', () => {
  it('differs for different bodies', () => {
    expect(new Set(bodies.map(orderEventDigest)).size).to.equal(bodies.length);
  });

  it('leaves the ids out, and is a safe number', () => {
    for (const body of bodies) {
      const other = { ...body, eventId: 'e-2', orderId: 'o-2' };
      expect(orderEventDigest(other)).to.equal(orderEventDigest(body));
      expect(Number.isSafeInteger(orderEventDigest(body))).to.be.true;
    }
  });

  it('stays what it is: it is stored', () => {
    expect(orderEventDigest(placed)).to.equal(157792360274794);
    expect(orderEventDigest({ ...ids, kind: 'OrderPaid' })).to.equal(6054748249575942);
  });
});
