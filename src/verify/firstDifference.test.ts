import { expect } from 'chai';
import { firstDifference } from './firstDifference.ts';

describe('firstDifference', () => {
  const order = { head: { phase: 'reserved', paidBy: null }, lines: [{ sku: 'tea', granted: 2 }] };

  it('is none between equal values, whatever the order of their fields', () => {
    const { head, lines } = structuredClone(order);
    const other = { lines, head: { paidBy: head.paidBy, phase: head.phase } };
    expect(firstDifference(order, other)).to.equal(undefined);
  });

  it('names the way to what differs, and both values', () => {
    const other = structuredClone(order);
    other.lines[0]!.granted = 3;
    expect(firstDifference(order, other)).to.deep.equal({
      path: 'lines.0.granted',
      expected: '2',
      found: '3',
    });
  });

  it('is found where one has nothing', () => {
    const more = { ...order, lines: [...order.lines, { sku: 'cup', granted: 1 }] };
    const texts = { path: 'lines.1', expected: '', found: '{"sku":"cup","granted":1}' };
    expect(firstDifference(order, more)).to.deep.equal(texts);
    expect(firstDifference(more, order)).to.include({ path: 'lines.1', found: '' });
    expect(firstDifference({ a: null }, {})).to.deep.equal({
      path: 'a',
      expected: 'null',
      found: '',
    });
  });

  it('tells a list from an object, and null from both', () => {
    expect(firstDifference({ a: [] }, { a: {} })).to.include({ expected: '[]', found: '{}' });
    expect(firstDifference({ a: null }, { a: {} })).to.include({ expected: 'null', found: '{}' });
  });
});
