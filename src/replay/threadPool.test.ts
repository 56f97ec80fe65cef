import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ThreadPool } from './threadPool.ts';

const file = fileURLToPath(new URL('../testing/countingThread.js', import.meta.url));

describe('ThreadPool', function () {
  this.timeout(180_000);
  let pool: ThreadPool<string, string>;
  beforeEach(() => {
    pool = new ThreadPool(file, { greeting: 'done' }, 2);
  });
  afterEach(() => pool.close());

  it('answers in the order of the tasks, and is told of progress', async () => {
    let progress = 0;
    const outcomes = await pool.run(['slow', 'b', 'c', 'd'], (count) => (progress += count));
    expect(outcomes).to.deep.equal(
      ['slow', 'b', 'c', 'd'].map((task) => ({ result: `done ${task}` })),
    );
    expect(progress).to.equal(8);
    expect(await pool.run([], () => undefined)).to.deep.equal([]);
  });

  it('hands on what an operator can act on, and does the other tasks', async () => {
    const outcomes = await pool.run(['refused', 'b'], () => undefined);
    expect(outcomes[1]).to.deep.equal({ result: 'done b' });
    const [first] = outcomes;
    expect(first && 'failure' in first && first.failure).to.include({
      name: 'OperationalError',
      code: 'LOG_CUT',
      message: 'refused',
      hint: 'do something',
    });
  });

  for (const [what, task, message] of [
    ['a bug', 'broken', 'a bug'],
    ['a thread that ends', 'ended', 'a thread ended before its task'],
  ] as const) {
    it(`fails with ${what}`, async () => {
      const failure = await pool.run([task], () => undefined).catch((error: unknown) => error);
      expect(failure).to.be.an('error').with.property('message', message);
    });
  }
});
