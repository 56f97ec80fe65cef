import { expect } from 'chai';
import fc from 'fast-check';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { type FetchedPartition, mendAbortedRecords } from './abortedRecords.ts';
import type { LoadInternal } from './loadInternal.ts';

interface Broker {
  lookupRequest: () => () => object;
  fetch(request: object): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
}
interface Batch {
  messages: { offset: string }[];
  lastOffset(): string;
}
type BrokerClass = new (options: object) => Broker;
type BatchClass = new (topic: string, fetchedOffset: string, partition: object) => Batch;

const zeroKey = Buffer.alloc(4);

describe('mendAbortedRecords', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  before(() => {
    mendAbortedRecords(mended);
  });

  it('hides two aborted transactions that are open at the start of the fetch', async () => {
    const log = () => ({
      abortedTransactions: [
        { producerId: '1', firstOffset: '0' },
        { producerId: '2', firstOffset: '1' },
      ],
      messages: [data(5, '2'), data(6, '1'), marker(7, '1', 'abort'), marker(8, '2', 'abort')],
    });
    expect(await visible(unmended, log())).to.deep.equal([5]);
    expect(await visible(mended, log())).to.deep.equal([]);
  });

  it('takes a record with a key of four zero bytes for what it is', async () => {
    const log = () => ({
      abortedTransactions: [{ producerId: '1', firstOffset: '0' }],
      messages: [data(0, '1', zeroKey), data(1, '1'), marker(2, '1', 'abort')],
    });
    expect(await visible(unmended, log())).to.deep.equal([0, 1]);
    expect(await visible(mended, log())).to.deep.equal([]);
  });

  it('counts hidden records as read', async () => {
    const batch = await fetchBatch(mended, {
      abortedTransactions: [{ producerId: '1', firstOffset: '0' }],
      messages: [data(0, '1'), data(1, '1')],
    });
    expect(batch.messages).to.have.length(0);
    expect(batch.lastOffset()).to.equal('1');
  });

  it('shows committed records and no others, for any interleaving of transactions', async () => {
    const step = fc.record({
      producer: fc.nat(3),
      act: fc.constantFrom('write', 'write', 'write', 'commit', 'abort', 'plain'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(30), async (steps, start) => {
        const { partition, committed } = logOf(steps, start);
        expect(await visible(mended, partition, start)).to.deep.equal(committed);
      }),
      { numRuns: 300 },
    );
  });
});

/** Runs a broker's answer through kafkajs, from the fetch to the batch that a consumer sees. */
async function fetchBatch(load: LoadInternal, partition: FetchedPartition, start = 0) {
  const broker = new (load('broker') as BrokerClass)({
    logger: silentKafkaLogger,
    connectionPool: {
      connectionTimeout: 1,
      send: () => Promise.resolve({ responses: [{ topicName: 't', partitions: [partition] }] }),
    },
  });
  broker.lookupRequest = () => () => ({});
  const { responses } = await broker.fetch({ topics: [] });
  const [fetched] = responses[0]!.partitions;
  const batchClass = load('consumer/batch') as BatchClass;
  return new batchClass('t', String(start), { partition: 0, highWatermark: '99', ...fetched });
}

async function visible(load: LoadInternal, partition: FetchedPartition, start = 0) {
  const batch = await fetchBatch(load, partition, start);
  return batch.messages.map(({ offset }) => Number(offset));
}

/** What a broker would answer to a read_committed fetch from `start`, every transaction ended. */
function logOf(steps: { producer: number; act: string }[], start: number) {
  const messages: FetchedPartition['messages'] = [];
  const open = new Map<number, number[]>();
  const aborted: { producerId: string; firstOffset: string; end: number }[] = [];
  const committed: number[] = [];
  const end = (producer: number, how: 'commit' | 'abort') => {
    const offsets = open.get(producer);
    if (!offsets) return;
    open.delete(producer);
    const producerId = String(producer);
    if (how === 'commit') committed.push(...offsets);
    else aborted.push({ producerId, firstOffset: String(offsets[0]), end: messages.length });
    messages.push(marker(messages.length, producerId, how));
  };
  for (const { producer, act } of steps) {
    const offset = messages.length;
    if (act === 'commit' || act === 'abort') {
      end(producer, act);
    } else if (act === 'plain') {
      messages.push({
        ...data(offset, '-1'),
        batchContext: { producerId: '-1', inTransaction: false },
      });
      committed.push(offset);
    } else {
      messages.push(data(offset, String(producer), offset % 5 === 0 ? zeroKey : null));
      open.set(producer, [...(open.get(producer) ?? []), offset]);
    }
  }
  for (const producer of [...open.keys()]) end(producer, producer % 2 === 0 ? 'abort' : 'commit');
  return {
    partition: {
      messages: messages.filter(({ offset }) => Number(offset) >= start),
      // The broker keeps them by their end, not by their first offset.
      abortedTransactions: aborted.filter((transaction) => transaction.end >= start),
    },
    committed: committed.filter((offset) => offset >= start).sort((a, b) => a - b),
  };
}

function data(offset: number, producerId: string, key: Buffer | null = null) {
  const batchContext = { producerId, inTransaction: true };
  return { offset: String(offset), key, isControlRecord: false, batchContext };
}

function marker(offset: number, producerId: string, how: 'commit' | 'abort') {
  const key = Buffer.from([0, 0, 0, how === 'commit' ? 1 : 0]);
  return { ...data(offset, producerId, key), isControlRecord: true };
}
