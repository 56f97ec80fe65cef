import { expect } from 'chai';
import { packetBytesMin, packetCharsMax, packetsOf } from './packets.ts';
import { type SqlValue, rowLiterals } from './rowLiterals.ts';

describe('packetsOf', () => {
  it('keeps rows together that a packet holds, in their order', () => {
    const rows = Array.from({ length: 2000 }, (_, at) => [at, 'o'.repeat(64)]);
    expect([...packetsOf(rows)]).to.deep.equal([rows]);
    expect([...packetsOf([])]).to.deep.equal([]);
    const lists = [...packetsOf(rows, 999)];
    expect(lists.map((list) => list.length)).to.deep.equal([999, 999, 2]);
    expect(lists.flat()).to.deep.equal(rows);
  });

  const alphabets: [string, SqlValue][] = [
    ['bytes', Buffer.alloc(70_000, 0xff)],
    ['letters of three bytes', '茶'.repeat(70_000)],
    ['letters of four bytes', '🍵'.repeat(70_000)],
    ['quotes', `"'`.repeat(70_000)],
  ];
  for (const [what, value] of alphabets) {
    it(`makes no statement of ${what} that the smallest packet does not hold`, () => {
      const rows = Array.from({ length: 20 }, (_, at) => [at, value]);
      const lists = [...packetsOf(rows)];
      expect(lists.flat()).to.deep.equal(rows);
      for (const list of lists) {
        expect(rowLiterals(list).length).to.be.at.most(packetCharsMax);
        expect(Buffer.byteLength(rowLiterals(list))).to.be.below(packetBytesMin);
      }
    });
  }

  it('leaves a row alone that takes more', () => {
    const rows = [['a'], ['b'.repeat(packetCharsMax)], ['c']];
    expect([...packetsOf(rows)].map((list) => list.length)).to.deep.equal([1, 1, 1]);
  });
});
