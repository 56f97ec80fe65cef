import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { registerFailures } from './consumerFailures.ts';
import { mendFetchFailures } from './fetchFailures.ts';

interface ConsumerGroup {
  cluster: { removeBroker(broker: object): void };
  recoverFromFetch(error: object): Promise<void>;
}
type ConsumerGroupClass = new (options: object) => ConsumerGroup;

const closed = Object.assign(new Error('closed'), {
  name: 'KafkaJSConnectionClosedError',
  host: 'h',
  port: 1,
});

describe('mendFetchFailures', () => {
  it('tells the owner of a broken connection, then lets kafkajs recover from it', async () => {
    const told: string[] = [];
    for (const mended of [false, true]) {
      const load = freshKafkajs();
      if (mended) mendFetchFailures(load);
      const group = new (load('consumer/consumerGroup') as ConsumerGroupClass)({
        cluster: { removeBroker: () => told.push('removed') },
        logger: silentKafkaLogger,
      });
      registerFailures(group.cluster, {
        onOffsetOutOfRange: () => undefined,
        onFetchFailed: () => told.push('failed'),
        onCrash: () => undefined,
      });
      await group.recoverFromFetch(closed);
    }
    expect(told).to.deep.equal(['removed', 'failed', 'removed']);
  });
});
