import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Consumer } from 'kafkajs';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendStopWhileJoining } from './stopWhileJoining.ts';

describe('mendStopWhileJoining', () => {
  /** What a consumer still does after it was disconnected in the middle of its join. */
  async function afterDisconnect(load: LoadInternal): Promise<Set<string>> {
    const calls: string[] = [];
    const note = (name: string, answer: object = {}, ms = 0) => {
      return async () => {
        await sleep(ms);
        calls.push(name);
        return answer;
      };
    };
    const coordinator = {
      joinGroup: note('join', { memberId: 'm', leaderId: 'other', generationId: 1 }, 60),
      syncGroup: note('sync', { memberAssignment: Buffer.alloc(0) }),
      heartbeat: note('heartbeat'),
      leaveGroup: note('leave'),
      isConnected: () => true,
    };
    const cluster = {
      connect: note('connect'),
      disconnect: note('disconnect'),
      refreshMetadataIfNecessary: note('refresh'),
      addMultipleTargetTopics: note('target'),
      findGroupCoordinator: note('find', coordinator),
      findTopicPartitionMetadata: () => [],
      committedOffsets: () => ({}),
      getNodeIds: () => ['1'],
    };
    const createConsumer = load('consumer') as (options: object) => Consumer;
    const logger = silentKafkaLogger;
    const consumer = createConsumer({ cluster, groupId: 'g', logger, maxWaitTimeInMs: 10 });
    await consumer.subscribe({ topic: 't' });
    const running = consumer.run({ eachMessage: () => Promise.resolve() });
    await sleep(20);
    await consumer.disconnect();
    await running;
    await sleep(50);
    calls.splice(0);
    await sleep(100);
    // Whatever happened above, nothing may run on into the next test.
    cluster.getNodeIds = () => [];
    cluster.refreshMetadataIfNecessary = () => Promise.reject(new TypeError('end of the test'));
    return new Set(calls);
  }

  it('ends a consumer that is disconnected while it joins', async () => {
    expect([...(await afterDisconnect(freshKafkajs()))]).to.include('refresh');
    const mended = freshKafkajs();
    mendStopWhileJoining(mended);
    expect([...(await afterDisconnect(mended))]).to.deep.equal([]);
  });
});
