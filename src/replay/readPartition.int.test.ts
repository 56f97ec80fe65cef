import { expect } from 'chai';
import type { Producer } from 'kafkajs';
import { type KafkaFixture, kafkaFixture, silentLogger } from '../testing/kafkaFixture.ts';
import { connectReader, readPartition } from './readPartition.ts';

describe('readPartition', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  let topic: string;
  let producer: Producer;
  before(async () => {
    kafka = await kafkaFixture();
    topic = await kafka.newTopic(2);
    producer = kafka.newKafka().producer({ transactionalId: topic, maxInFlightRequests: 1 });
    await producer.connect();
    // Partition 0: 0 1 2 committed, marker, 4 5 aborted, marker, 7 committed, marker, 9 aborted.
    await inTransaction(['a', 'b', 'c'], 'commit');
    await inTransaction(['x', 'y'], 'abort');
    await inTransaction(['d'], 'commit');
    await inTransaction(['z'], 'abort');
    const plain = kafka.newKafka().producer();
    await plain.connect();
    for (let from = 0; from < 5000; from += 500) {
      const messages = Array.from({ length: 500 }, (_, index) => {
        return { key: Buffer.alloc(1000), value: `${from + index}`, partition: 1 };
      });
      await plain.send({ topic, messages });
    }
    await plain.disconnect();
  });
  after(async () => {
    await producer?.disconnect();
    await kafka?.close();
  });

  const inTransaction = async (values: string[], end: 'commit' | 'abort') => {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
    await transaction[end]();
  };
  const context = () => ({ settings: kafka.settings, logger: silentLogger });
  const read = async (partition: number, from: number, to: number) => {
    const values: string[] = [];
    await readPartition(context(), topic, partition, from, to, (records) => {
      for (const { value } of records) values.push(String(value));
    });
    return values;
  };

  for (const [what, from, to, expected] of [
    ['all that is committed', 0, 11, 'abcd'],
    ['up to an offset inside a batch', 0, 2, 'ab'],
    ['from an offset inside a batch', 1, 4, 'bc'],
    ['nothing from a stretch of markers', 3, 4, ''],
    ['nothing from a stretch of aborted records', 4, 7, ''],
    ['nothing from a tail of aborted records and markers', 8, 11, ''],
    ['nothing from an empty stretch', 5, 5, ''],
  ] as const) {
    it(`gives ${what}`, async () => {
      expect((await read(0, from, to)).join('')).to.equal(expected);
    });
  }

  it('waits for the end of a transaction that is open', async () => {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'e', partition: 0 }] });
    const reading = read(0, 7, 12);
    setTimeout(() => void transaction.commit(), 700);
    expect(await reading).to.deep.equal(['d', 'e']);
  });

  it('gives as much as one asks for, batch by batch, and several stretches at once', async () => {
    const reader = await connectReader(context());
    const batches: number[] = [];
    const values: string[] = [];
    const both = [reader.read(topic, 1, 10, 5000), reader.read(topic, 1, 4990, 5000)] as const;
    for await (const records of both[0]) {
      batches.push(records.length);
      for (const { value } of records) values.push(String(value));
    }
    const last = await both[1].next();
    await reader.disconnect();
    expect(batches.length).to.be.above(2);
    expect(values).to.deep.equal(Array.from({ length: 4990 }, (_, index) => `${index + 10}`));
    expect(last.value?.length).to.equal(10);
  });

  it('ends with a named error where records were deleted', async () => {
    const partitions = [{ partition: 1, offset: '100' }];
    // Without it kafkajs does not know who leads the partition.
    await kafka.admin.fetchTopicOffsets(topic);
    await kafka.admin.deleteTopicRecords({ topic, partitions });
    const failure = await read(1, 0, 200).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'LOG_CUT' });
    expect(await read(1, 100, 102)).to.deep.equal(['100', '101']);
  });

  it('leaves no consumer group behind', async () => {
    const before = (await kafka.admin.listGroups()).groups.length;
    await read(0, 0, 3);
    expect((await kafka.admin.listGroups()).groups.length).to.be.at.most(before);
  });
});
