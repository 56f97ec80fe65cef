import { expect } from 'chai';
import { spreadOf } from './statistics.ts';

describe('statistics', () => {
  it('gives the middle value of an odd and the mean of both of an even number', () => {
    expect(spreadOf([9, 1, 5])).to.deep.equal({ median: 5, min: 1, max: 9 });
    expect(spreadOf([8, 2, 4, 6])).to.deep.equal({ median: 5, min: 2, max: 8 });
  });

  it('does not sort numbers as texts', () => {
    expect(spreadOf([10, 9, 100])).to.deep.equal({ median: 10, min: 9, max: 100 });
  });

  it('refuses to sum up nothing', () => {
    expect(() => spreadOf([])).to.throw(RangeError);
  });
});
