import { expect } from 'chai';
import { policy } from '../testing/spec.ts';
import { emptyState, itemKey, itemOf, putReservation } from './stockState.ts';

describe('stockState', () => {
  it('has one key per stock item', () => {
    const names = ['A', 'A main', 'main', 'north', 'A north'];
    const keys = names.flatMap((sku) => names.map((location) => itemKey(sku, location)));
    expect(new Set(keys).size).to.equal(names.length ** 2);
  });

  it('makes a stock item on first use', () => {
    const state = emptyState(policy);
    const item = itemOf(state, 'A', 'north');
    expect(item).to.deep.include({ sku: 'A', location: 'north' });
    expect(item.level).to.include({ onHand: 0, reserved: 0, sequence: 0, known: false });
    expect(itemOf(state, 'A', 'north')).to.equal(item);
    expect(itemOf(state, 'A', 'main')).not.to.equal(item);
  });

  it('notes the earliest deadline of what is pending', () => {
    const item = itemOf(emptyState(policy), 'A', 'main');
    const settled = { confirmed: 1, released: 0, expired: 0, returned: 0 };
    const put = (orderId: string, pending: number, expiresAt: number) => {
      const reservation = { ...settled, orderId, granted: pending + 1, pending, expiresAt };
      putReservation(item, { ...reservation, startedAt: 0, tombstone: false });
      return item.nothingDueBefore;
    };
    expect(put('o-1', 0, 5)).to.equal(Infinity);
    expect(put('o-2', 1, 7)).to.equal(7);
    expect(put('o-3', 1, 6)).to.equal(6);
    expect(put('o-4', 1, 8)).to.equal(6);
  });
});
