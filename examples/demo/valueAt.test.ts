import { expect } from 'chai';
import { type Curve, valueAt } from './valueAt.ts';

describe('valueAt', () => {
  const curve: Curve = [
    [0.2, 1],
    [0.6, 5],
    [1, 105],
  ];
  const cases = [
    [0, 1],
    [0.2, 1],
    [0.4, 3],
    [0.6, 5],
    [0.8, 55],
    [1, 105],
    [1.1, 105],
  ] as const;
  for (const [share, value] of cases) {
    it(`${share} is at ${value}`, () => expect(valueAt(curve, share)).to.be.closeTo(value, 1e-9));
  }
});
