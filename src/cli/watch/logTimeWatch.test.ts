import { expect } from 'chai';
import { LogTimeWatch } from './logTimeWatch.ts';

const now = Date.UTC(2026, 10, 30);

function aheadBy(seconds: number) {
  return { engine: 'stock' as const, lane: 3, logTime: now + seconds * 1000 };
}

describe('LogTimeWatch', () => {
  it('finds nothing in a log time that is no further ahead than clocks differ', () => {
    expect(new LogTimeWatch().conditions([aheadBy(-3600), aheadBy(59)], now)).to.deep.equal([]);
  });

  it('names a lane that is far ahead, since it was first seen', () => {
    const watch = new LogTimeWatch();
    const [first] = watch.conditions([aheadBy(3300)], now);
    expect(first).to.include({ code: 'LOG_TIME_AHEAD', engine: 'stock', lane: 3 });
    expect(first!.reason).to.include('3300 s ahead');
    const [later] = watch.conditions([aheadBy(3300)], now + 5000);
    expect(later!.since).to.equal(first!.since);
    expect(watch.conditions([aheadBy(3300)], now + 3_300_000)).to.deep.equal([]);
    const [again] = watch.conditions([aheadBy(9000)], now + 3_300_000);
    expect(again!.since).to.not.equal(first!.since);
  });

  it('believes the clock of MySQL when that is ahead of its own', () => {
    const watch = new LogTimeWatch();
    watch.databaseTime(Date.now() + 3_300_000);
    expect(watch.conditions([aheadBy(3300)], now)).to.deep.equal([]);
    watch.databaseTime(Date.now() - 3_300_000);
    expect(watch.conditions([aheadBy(3300)], now)).to.have.length(1);
  });
});
