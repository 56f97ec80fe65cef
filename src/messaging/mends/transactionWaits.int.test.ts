import { expect } from 'chai';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { type KafkaFixture, kafkaFixture, plainConfig } from '../../testing/kafkaFixture.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendTransactionWaits } from './transactionWaits.ts';

/** So many that their markers are still being written when the next transaction begins. */
const partitions = Array.from({ length: 40 }, (_, partition) => partition);

type KafkaClass = new (config: KafkaConfig) => Kafka;

describe('transactions on a broker', function () {
  this.timeout(30_000);
  let kafka: KafkaFixture;
  before(async () => {
    kafka = await kafkaFixture();
  });
  after(() => kafka.close());

  /** Median time of a transaction that follows another, in milliseconds. */
  async function medianTime(load: LoadInternal, count: number): Promise<number> {
    const topic = await kafka.newTopic(partitions.length);
    const client = new (load('index') as KafkaClass)(plainConfig(kafka.settings));
    const producer = client.producer({ transactionalId: topic, maxInFlightRequests: 1 });
    await producer.connect();
    const times: number[] = [];
    for (let i = 0; i <= count; i++) {
      const begun = performance.now();
      const transaction = await producer.transaction();
      const messages = partitions.map((partition) => ({ partition, value: String(i) }));
      await transaction.send({ topic, messages });
      const offsets = [{ topic, partitions: [{ partition: 0, offset: String(i) }] }];
      await transaction.sendOffsets({ consumerGroupId: `${topic}-cursor`, topics: offsets });
      await transaction.commit();
      if (i > 0) times.push(performance.now() - begun);
    }
    await producer.disconnect();
    await kafka.admin.deleteGroups([`${topic}-cursor`]);
    return times.sort((a, b) => a - b)[count >> 1]!;
  }

  it('follow each other in milliseconds', async () => {
    const mended = freshKafkajs();
    mendTransactionWaits(mended);
    // First, so that the broker's own group topic is there when the unmended copy needs it.
    expect(await medianTime(mended, 20)).to.be.below(100);
    expect(await medianTime(freshKafkajs(), 8)).to.be.above(200);
  });
});
