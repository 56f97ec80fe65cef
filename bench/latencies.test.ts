import { expect } from 'chai';
import { Latencies } from './latencies.ts';

describe('Latencies', () => {
  it('knows percentiles to three digits', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1000; ms++) latencies.record(ms);
    const { p50, p99, max, samples } = latencies.summary();
    expect(samples).to.equal(1000);
    expect(p50).to.be.closeTo(500, 0.5);
    expect(p99).to.be.closeTo(990, 1);
    expect(max).to.be.closeTo(1000, 1);
  });

  it('tells half a millisecond from one', () => {
    const latencies = new Latencies();
    latencies.record(0.5);
    expect(latencies.summary().max).to.equal(0.5);
  });

  it('has no percentile of nothing', () => {
    expect(new Latencies().summary().p99).to.be.NaN;
  });
});
