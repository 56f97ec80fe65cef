import { expect } from 'chai';
import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { type KafkaFixture, kafkaFixture, plainConfig } from '../../testing/kafkaFixture.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendTransactionWaits } from './transactionWaits.ts';

type KafkaClass = new (config: KafkaConfig) => Kafka;

/** Many, so that their markers are still being written when the next transaction begins. */
const partitions = Array.from({ length: 40 }, (_, partition) => partition);
const transactionsMax = 200;
const enoughRefusals = 10;

describe('transactions on a broker', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  before(async () => {
    kafka = await kafkaFixture();
  });
  after(() => kafka.close());

  /** Times of those transactions that the broker made wait for the one before, in ms, sorted. */
  async function refusedTimes(load: LoadInternal): Promise<number[]> {
    const topic = await kafka.newTopic(partitions.length);
    let refused = false;
    const client = new (load('index') as KafkaClass)({
      ...plainConfig(kafka.settings),
      logLevel: kafkajs.logLevel.ERROR,
      logCreator: () => (entry) => {
        if (entry.log.message.startsWith('Response AddPartitionsToTxn')) refused = true;
      },
    });
    const producer = client.producer({ transactionalId: topic, maxInFlightRequests: 1 });
    await producer.connect();
    const times: number[] = [];
    for (let i = 0; i < transactionsMax && times.length < enoughRefusals; i++) {
      refused = false;
      const begun = performance.now();
      const transaction = await producer.transaction();
      const messages = partitions.map((partition) => ({ partition, value: String(i) }));
      await transaction.send({ topic, messages });
      const offsets = [{ topic, partitions: [{ partition: 0, offset: String(i) }] }];
      await transaction.sendOffsets({ consumerGroupId: `${topic}-cursor`, topics: offsets });
      await transaction.commit();
      if (refused) times.push(performance.now() - begun);
    }
    await producer.disconnect();
    await kafka.admin.deleteGroups([`${topic}-cursor`]);
    return times.sort((a, b) => a - b);
  }

  it('follow each other in milliseconds', async () => {
    const mended = freshKafkajs();
    mendTransactionWaits(mended);
    const times = await refusedTimes(mended);
    // Without the mend, each of them takes 240 ms at the least.
    expect(times[times.length >> 1] ?? 0).to.be.below(235);
  });
});
