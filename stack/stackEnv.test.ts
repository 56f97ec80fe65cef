import { parseEnv } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { InvariantError } from '../src/ops/errors.ts';
import { formatEnv } from './stackEnv.ts';

describe('formatEnv', () => {
  it('is read back unchanged, whatever a password holds', () => {
    for (const value of ['', ' # x', 'a"b', "it's", '$HOME\\n', '=', 'ü€', '`']) {
      expect(parseEnv(formatEnv([['A_PASSWORD', value]]))).to.deep.equal({ A_PASSWORD: value });
    }
    const anyText = fc.string({ unit: 'binary-ascii' }).filter((text) => !/['\r\n\0]/.test(text));
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const written = formatEnv([
          ['ONE', one],
          ['OTHER', other],
        ]);
        expect(parseEnv(written)).to.deep.equal({ ONE: one, OTHER: other });
      }),
      { numRuns: 500 },
    );
  });

  it('refuses what the format cannot hold', () => {
    expect(() => formatEnv([['A', "both ' and `"]])).to.throw(
      InvariantError,
      'A cannot be written',
    );
  });
});
