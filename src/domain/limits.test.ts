import { expect } from 'chai';
import { QUANTITY_MAX, isId, isName, isQuantity, isReason } from './limits.ts';

const x64 = 'x'.repeat(64);

describe('limits', () => {
  it('of ids', () => {
    for (const id of ['!', '~', 'o-1', x64]) expect(isId(id), id).to.be.true;
    const none = ['', ' ', 'o 1', 'o\t1', 'o\n', '\u007f', 'ö', '\u{1f4e6}', `${x64}x`];
    for (const text of none) expect(isId(text), text).to.be.false;
  });

  it('of SKUs and locations', () => {
    for (const name of ['!', '~', 'A 1', x64]) expect(isName(name), name).to.be.true;
    const none = ['', ' ', ' A', 'A ', 'A\n1', 'A\t', '\u007f', 'Ä', '\u00a0A', `${x64}x`];
    for (const text of none) expect(isName(text), text).to.be.false;
  });

  it('of quantities', () => {
    for (const quantity of [1, QUANTITY_MAX]) expect(isQuantity(quantity)).to.be.true;
    const none = [0, -1, 0.5, QUANTITY_MAX + 1, NaN, Infinity];
    for (const quantity of none) expect(isQuantity(quantity), `${quantity}`).to.be.false;
  });

  it('of reasons', () => {
    for (const reason of ['', 'Größe \u{1f4e6}', 'x'.repeat(200)])
      expect(isReason(reason)).to.be.true;
    for (const text of ['a\nb', '\u0000', '\u007f', '\u009f', 'x'.repeat(201)]) {
      expect(isReason(text), text).to.be.false;
    }
  });
});
