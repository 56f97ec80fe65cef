import { expect } from 'chai';
import type { PublishedStockEvent } from '../messaging/stockEventCodec.ts';

/**
 * Proves from the events alone that none is missing, doubled or out of order: per stock item the
 * sequence counts from 1 without a gap, and each event starts at the quantities of the one before.
 */
export function expectUnbroken(events: readonly PublishedStockEvent[]): void {
  const last = new Map<string, PublishedStockEvent>();
  const ids = new Set<string>();
  for (const event of events) {
    const what = `event ${event.eventId} of ${event.sku}`;
    expect(ids.has(event.eventId), `${what} is doubled`).to.be.false;
    ids.add(event.eventId);
    if (event.sequence === 0) continue;
    const key = `${event.sku}\n${event.location}`;
    const before = last.get(key);
    expect(event.sequence, what).to.equal((before?.sequence ?? 0) + 1);
    expect(event.onHandBefore, what).to.equal(before?.onHandAfter ?? 0);
    expect(event.reservedBefore, what).to.equal(before?.reservedAfter ?? 0);
    expect(event.time, what).to.be.at.least(before?.time ?? 0);
    last.set(key, event);
  }
}
