import { expect } from 'chai';
import { openLoop } from './openLoop.ts';

describe('openLoop', () => {
  it('sends nothing early, and is not slowed down for good by a slow send', async () => {
    const dues: number[] = [];
    await openLoop(100, 20, (number, due) => {
      expect(performance.now()).to.be.at.least(due);
      dues.push(due);
      // Keeps the process busy past several due times.
      if (number === 3) for (const until = performance.now() + 60; performance.now() < until;);
    });
    expect(dues).to.have.length(20);
    dues.forEach((due, number) => expect(due - (dues[0] ?? 0)).to.be.closeTo(number * 10, 1e-6));
  });
});
