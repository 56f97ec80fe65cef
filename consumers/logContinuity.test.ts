import { expect } from 'chai';
import { LogContinuity } from './logContinuity.ts';

describe('LogContinuity', () => {
  let log: LogContinuity;
  beforeEach(() => {
    log = new LogContinuity(1000);
    log.fetching(5000);
    log.confirmed(0, 5001);
    log.confirmed(1, 5001);
  });

  it('is certain only of what was confirmed', () => {
    expect(log.isCertain(0)).to.be.true;
    expect(log.isCertain(2)).to.be.false;
  });

  it('stays certain while fetches follow each other', () => {
    for (let now = 5200; now < 60_000; now += 350) log.fetching(now);
    expect(log.isCertain(0)).to.be.true;
  });

  it('is uncertain of everything after a rest, until it is confirmed again', () => {
    log.fetching(6500);
    expect([log.isCertain(0), log.isCertain(1)]).to.deep.equal([false, false]);
    log.confirmed(1, 6510);
    expect([log.isCertain(0), log.isCertain(1)]).to.deep.equal([false, true]);
  });

  it('stays certain while the broker holds fetches for which there is nothing', () => {
    for (let now = 5000; now < 60_000; now += 1030) {
      log.fetching(now);
      log.answered(now + 1020, 1020);
    }
    expect(log.isCertain(0)).to.be.true;
  });

  it('is uncertain of everything after a fetch that failed, or was answered too late', () => {
    log.failed(5100);
    expect([log.isCertain(0), log.isCertain(1)]).to.deep.equal([false, false]);
    log.confirmed(0, 5110);
    log.fetching(5120);
    log.answered(6600, 1480);
    expect([log.isCertain(0), log.isCertain(1)]).to.deep.equal([false, false]);
  });

  it('is not certain by an answer from before the failure', () => {
    log.failed(5100);
    log.confirmed(0, 5099);
    expect(log.isCertain(0)).to.be.false;
  });

  it('is uncertain of a partition that was paused for long, and of no other', () => {
    log.paused(0, 5100);
    log.paused(1, 5100);
    log.paused(0, 6200);
    for (let now = 5200; now < 6400; now += 200) log.fetching(now);
    log.resumed(0, 6300);
    log.resumed(1, 5450);
    expect([log.isCertain(0), log.isCertain(1)]).to.deep.equal([false, true]);
  });

  it('takes no notice of a resume without a pause', () => {
    for (let now = 5200; now < 9000; now += 200) log.fetching(now);
    log.resumed(0, 9000);
    expect(log.isCertain(0)).to.be.true;
  });
});
