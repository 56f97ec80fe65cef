import { expect } from 'chai';
import type { StockItem, StockState } from '../domain/stockState.ts';

/** What must hold of every stock item at every moment. */
export function expectSound(state: StockState): void {
  for (const item of state.items.values()) expectSoundItem(item);
}

function expectSoundItem({ sku, location, level, reservations }: StockItem): void {
  const name = `${sku} at ${location}`;
  let allPending = 0;
  for (const reservation of reservations.values()) {
    const { orderId, granted, pending, confirmed, released, expired, returned } = reservation;
    const order = `${name}, ${orderId}`;
    expect(granted, `${order}: granted`).to.equal(pending + confirmed + released + expired);
    expect(Math.min(pending, released, expired, returned), `${order}: least`).to.be.at.least(0);
    expect(returned, `${order}: returned`).to.be.at.most(confirmed);
    allPending += pending;
  }
  expect(level.reserved, `${name}: reserved`).to.equal(allPending);
  expect(level.onHand, `${name}: on hand`).to.be.at.least(level.reserved);
}
