import { expect } from 'chai';
import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { type KafkaFixture, kafkaFixture, plainConfig } from '../../testing/kafkaFixture.ts';
import { mendCoordinatorLookups } from './coordinatorLookups.ts';
import type { LoadInternal } from './loadInternal.ts';

type KafkaClass = new (config: KafkaConfig) => Kafka;

const transactions = 10;
const pauseMs = 400;

describe('looking for coordinators', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  before(async () => {
    kafka = await kafkaFixture();
  });
  after(() => kafka.close());

  /** How often a producer asks for a coordinator in so many transactions, each with offsets. */
  async function lookups(load: LoadInternal): Promise<number> {
    const topic = await kafka.newTopic(1);
    const client = new (load('index') as KafkaClass)({
      ...plainConfig(kafka.settings),
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const producer = client.producer({ transactionalId: topic, maxInFlightRequests: 1 });
    let asked = 0;
    await producer.connect();
    producer.on('producer.network.request', ({ payload }) => {
      if (payload.apiName === 'GroupCoordinator') asked++;
    });
    for (let count = 0; count < transactions; count++) {
      // The broker refuses what comes while it ends the transaction before; that is not the test.
      await new Promise((resolve) => setTimeout(resolve, pauseMs / transactions));
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition: 0, value: String(count) }] });
      const offsets = [{ topic, partitions: [{ partition: 0, offset: String(count) }] }];
      await transaction.sendOffsets({ consumerGroupId: `${topic}-cursor`, topics: offsets });
      await transaction.commit();
    }
    await producer.disconnect();
    await kafka.admin.deleteGroups([`${topic}-cursor`]);
    return asked;
  }

  it('takes four requests a transaction, and as good as none when mended', async () => {
    expect(await lookups(freshKafkajs())).to.be.at.least(4 * transactions);
    const mended = freshKafkajs();
    mendCoordinatorLookups(mended);
    expect(await lookups(mended)).to.be.below(transactions);
  });
});
