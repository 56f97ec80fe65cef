import { expect } from 'chai';
import { bytesText, hexDump } from './bytesText.ts';

describe('bytesText', () => {
  it('shows text as it is, and everything else in digits', () => {
    expect(bytesText(Buffer.from('{"quantity": 1}'))).to.equal('{"quantity": 1}');
    expect(bytesText(Buffer.from('Grüße'))).to.equal('Grüße');
    expect(bytesText(Buffer.from([0xff, 0x00]))).to.equal('0xff00');
    expect(bytesText(Buffer.from('\u001b[31m'))).to.equal('0x1b5b33316d');
  });
});

describe('hexDump', () => {
  it('gives place, digits and letters of each line', () => {
    expect(hexDump(Buffer.from('a word of 17 byte'), 64)).to.deep.equal([
      '000000  61 20 77 6f 72 64 20 6f 66 20 31 37 20 62 79 74  a word of 17 byt',
      '000010  65                                               e',
    ]);
  });

  it('says how much it leaves out', () => {
    expect(hexDump(Buffer.from([0xc3, 1, 2, 3]), 2)).to.deep.equal([
      `000000  c3 01${' '.repeat(42)}  ..`,
      'and 2 bytes more',
    ]);
  });
});
