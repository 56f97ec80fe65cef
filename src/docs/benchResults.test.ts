import { expect } from 'chai';
import { aimText, isReached, valueText } from './benchResults.ts';

describe('a figure of the README', () => {
  const ratio = { what: 'a / b', value: 66.25, unit: 'x', least: 50 };
  const wait = { what: 'wait', value: 12_345.6, unit: 'ms', most: 150 };

  it('is told to three digits, with its unit and its aim', () => {
    expect([valueText(ratio), aimText(ratio)]).to.deep.equal(['66.3x', '≥ 50x']);
    expect([valueText(wait), aimText(wait)]).to.deep.equal(['12,300 ms', '≤ 150 ms']);
    expect(aimText({ what: '', value: 1, unit: '' })).to.equal('');
  });

  it('is reached at its aim, and not beyond', () => {
    expect(isReached(ratio)).to.equal(true);
    expect(isReached({ ...ratio, value: 49.9 })).to.equal(false);
    expect(isReached(wait)).to.equal(false);
    expect(isReached({ ...wait, value: 150 })).to.equal(true);
  });
});
