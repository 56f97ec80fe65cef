import { expect } from 'chai';
import type { PlacedMessage } from '../src/messaging/mends/groupedMessages.ts';
import { QueueFullError, RecordBatcher } from './recordBatcher.ts';

const message = (key: string, bytes = 10): PlacedMessage => {
  return { key, value: Buffer.alloc(bytes), partition: 0 };
};

/** A batcher whose sends end when the test says so. */
function heldBatcher() {
  const batches: string[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  const batcher = new RecordBatcher((messages) => {
    batches.push(messages.map(({ key }) => String(key)));
    return new Promise((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  });
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { batcher, batches, ends, turn };
}

describe('RecordBatcher', () => {
  it('sends together what is added together, and next what is added meanwhile', async () => {
    const { batcher, batches, ends, turn } = heldBatcher();
    const adding = ['a', 'b'].map((key) => batcher.add(message(key)));
    await turn();
    adding.push(batcher.add(message('c')), batcher.add(message('d')));
    await turn();
    expect(batches).to.deep.equal([['a', 'b']]);
    ends[0]!();
    await turn();
    expect(batches).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    ends[1]!();
    await Promise.all(adding);
    await batcher.idle();
  });

  it('cuts what waits by count and by bytes', async () => {
    const sizes: number[] = [];
    const batcher = new RecordBatcher((messages) => {
      sizes.push(messages.length);
      return Promise.resolve();
    });
    await Promise.all(Array.from({ length: 2500 }, () => batcher.add(message('k'))));
    await Promise.all(Array.from({ length: 5 }, () => batcher.add(message('k', 200_000))));
    expect(sizes).to.deep.equal([1000, 1000, 500, 2, 2, 1]);
  });

  it('tells those whose batch failed, and goes on with the others', async () => {
    const { batcher, ends, turn } = heldBatcher();
    const failed = batcher.add(message('a')).catch((error: Error) => error.message);
    await turn();
    const sent = batcher.add(message('b'));
    ends[0]!(new Error('no broker'));
    expect(await failed).to.equal('no broker');
    await turn();
    ends[1]!();
    await sent;
  });

  it('takes only so much, and nothing that no request can carry', async () => {
    const { batcher, ends, turn } = heldBatcher();
    const first = batcher.add(message('first'));
    await turn();
    const waiting = Array.from({ length: 10_000 }, () => batcher.add(message('k')));
    const refused = await batcher.add(message('late')).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(QueueFullError);
    const large = await batcher.add(message('k', 600_000)).catch((error: unknown) => error);
    expect(large).to.be.instanceOf(RangeError);
    for (let sent = 0; sent < 11; sent++) {
      ends[sent]!();
      await turn();
    }
    await Promise.all([first, ...waiting]);
  });
});
