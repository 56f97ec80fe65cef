import { expect } from 'chai';
import type { Benchmark } from './benchmark.ts';
import { BenchError } from './benchError.ts';
import { onCleanUp } from './cleanUp.ts';
import { ProgressView } from './progressView.ts';
import { runSuite } from './runSuite.ts';

const options = {
  scale: 'smoke' as const,
  beginMsMax: Infinity,
  view: new ProgressView(),
  show: () => undefined,
  isInterrupted: () => false,
};

function benchmark(name: string, work: () => Promise<void> = () => Promise.resolve()): Benchmark {
  const result = { name, tables: [], faults: [], data: null };
  return { name, description: '', usual: true, run: () => work().then(() => result) };
}

describe('runSuite', () => {
  it('names the benchmark that fails, clears away what it has left, and goes on', async () => {
    let left = true;
    const failing = benchmark('b', () => {
      onCleanUp(() => Promise.resolve((left = false)));
      return Promise.reject(new BenchError('no answer', 'See the log.'));
    });
    const suite = await runSuite([benchmark('a'), failing, benchmark('c')], options);
    expect(suite.results.map(({ name }) => name)).to.deep.equal(['a', 'c']);
    expect(suite.failures).to.deep.equal(['b: no answer See the log.']);
    expect(left).to.equal(false);
  });

  it('begins nothing when time is up, and says so', async () => {
    const slow = benchmark('slow', () => new Promise((resolve) => setTimeout(resolve, 30)));
    const suite = await runSuite([slow, benchmark('late')], { ...options, beginMsMax: 10 });
    expect(suite.results.map(({ name }) => name)).to.deep.equal(['slow']);
    expect(suite.leftOut).to.deep.equal(['late']);
  });
});
