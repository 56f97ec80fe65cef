import { expect } from 'chai';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { type KafkaFixture, kafkaFixture, plainConfig } from '../../testing/kafkaFixture.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { mendAbortedRecords } from './abortedRecords.ts';
import type { LoadInternal } from './loadInternal.ts';

type KafkaClass = new (config: KafkaConfig) => Kafka;

describe('aborted transactions on a broker', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  let topic: string;
  before(async () => {
    kafka = await kafkaFixture();
    topic = await kafka.newTopic();
    await writeOverlapping();
  });
  after(() => kafka.close());

  /** Offsets 0-3 belong to two transactions, both aborted; `end` is a record of no transaction. */
  async function writeOverlapping(): Promise<void> {
    const open = async (suffix: string) => {
      const transactionalId = `${topic}-${suffix}`;
      const producer = kafka.newKafka().producer({ transactionalId, maxInFlightRequests: 1 });
      await producer.connect();
      return { producer, transaction: await producer.transaction() };
    };
    const a = await open('a');
    const b = await open('b');
    for (const { transaction } of [a, b, b, a]) {
      await transaction.send({ topic, messages: [{ partition: 0, value: 'aborted' }] });
    }
    await a.transaction.abort();
    // The answer comes before the marker is written; the broker lists aborts by their markers. With
    // it the last stable offset, which kafkajs calls high, moves to the start of the other one.
    await waitUntil("the first transaction's marker", async () => {
      const [offsets] = await kafka.admin.fetchTopicOffsets(topic);
      return offsets?.high === '1';
    });
    await b.transaction.abort();
    const plain = kafka.newKafka().producer();
    await plain.connect();
    await plain.send({ topic, messages: [{ value: 'end' }] });
    for (const producer of [a.producer, b.producer, plain]) await producer.disconnect();
  }

  /** What a read_committed consumer sees from offset 2 on. */
  async function readFrom2(load: LoadInternal): Promise<string[]> {
    const client = new (load('index') as KafkaClass)(plainConfig(kafka.settings));
    const groupId = kafka.newName();
    const consumer = client.consumer({ groupId, maxWaitTimeInMs: 100 });
    const values: string[] = [];
    consumer.on('consumer.group_join', () => {
      consumer.seek({ topic, partition: 0, offset: '2' });
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message }) => {
        values.push(String(message.value));
        return Promise.resolve();
      },
    });
    await waitUntil('the last record', () => values.includes('end'));
    await consumer.disconnect();
    return values;
  }

  it('stay hidden from a reader that starts in the middle of them', async () => {
    const mended = freshKafkajs();
    mendAbortedRecords(mended);
    expect(await readFrom2(freshKafkajs())).to.include('aborted');
    expect(await readFrom2(mended)).to.deep.equal(['end']);
  });
});
