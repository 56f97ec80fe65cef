import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { CommitClock } from './commitClock.ts';

describe('CommitClock', () => {
  it('measures from the commit to the reading', async () => {
    const clock = new CommitClock();
    clock.committed(1);
    await sleep(20);
    clock.read(1);
    const { samples, p50 } = clock.summary();
    expect(samples).to.equal(1);
    expect(p50).to.be.within(15, 5000);
  });

  it('counts what was read before the commit was answered as no time', () => {
    const clock = new CommitClock();
    clock.read(1);
    expect(clock.summary().samples).to.equal(0);
    clock.committed(1);
    const { samples, max } = clock.summary();
    expect(samples).to.equal(1);
    expect(max).to.be.below(0.01);
  });

  it('forgets the times before a restart, but not what is under way', () => {
    const clock = new CommitClock();
    clock.committed(1);
    clock.read(1);
    clock.committed(2);
    clock.restart();
    clock.read(2);
    expect(clock.summary().samples).to.equal(1);
  });
});
