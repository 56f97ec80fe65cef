import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendResumeWake } from './resumeWake.ts';

interface TopicPartitions {
  topic: string;
  partitions: number[];
}
interface ConsumerGroup {
  offsetManager: object;
  subscriptionState: { assign(topicPartitions: TopicPartitions[]): void };
  pause(topicPartitions: TopicPartitions[]): void;
  resume(topicPartitions: TopicPartitions[]): void;
  fetch(node: string): Promise<unknown[]>;
}
type ConsumerGroupClass = new (options: object) => ConsumerGroup;

const maxWaitTimeInMs = 400;
const both = [{ topic: 't', partitions: [0, 1] }];

describe('mendResumeWake', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  let fetches: number;
  let waits: number[];
  /** When the brokers answer. */
  let answers: Promise<void>;
  before(() => {
    mendResumeWake(mended);
  });
  beforeEach(() => {
    fetches = 0;
    waits = [];
    answers = Promise.resolve();
  });

  function groupOf(load: LoadInternal): ConsumerGroup {
    const fetch = async (request: { maxWaitTime: number }) => {
      waits.push(request.maxWaitTime);
      await answers;
      return { responses: [] };
    };
    const group = new (load('consumer/consumerGroup') as ConsumerGroupClass)({
      logger: silentKafkaLogger,
      maxWaitTimeInMs,
      cluster: {
        refreshMetadataIfNecessary: () => Promise.resolve(),
        findTopicPartitionMetadata: () => [
          { partitionId: 0, leader: 1 },
          { partitionId: 1, leader: 1 },
        ],
        findBroker: () => {
          fetches++;
          return Promise.resolve({ fetch });
        },
      },
    });
    group.subscriptionState.assign(both);
    group.offsetManager = {
      resolveOffsets: () => Promise.resolve(),
      committedOffsets: () => ({ t: { 0: '5', 1: '5' } }),
      nextOffset: () => 5,
    };
    return group;
  }

  /** Milliseconds that a fetch takes with all paused and one resumed after `resumeAfter`. */
  async function pausedFetch(load: LoadInternal, resumeAfter?: number): Promise<number> {
    const group = groupOf(load);
    group.pause(both);
    const begun = performance.now();
    if (resumeAfter !== undefined) {
      setTimeout(() => {
        group.resume([{ topic: 't', partitions: [1] }]);
      }, resumeAfter);
    }
    expect(await group.fetch('1')).to.deep.equal([]);
    return performance.now() - begun;
  }

  it('ends the sleep of a paused consumer at resume', async () => {
    expect(await pausedFetch(unmended, 20)).to.be.above(maxWaitTimeInMs - 20);
    expect(await pausedFetch(mended, 20)).to.be.within(15, 200);
  });

  it('sleeps as long as kafkajs when nothing is resumed', async () => {
    expect(await pausedFetch(mended)).to.be.above(maxWaitTimeInMs - 20);
    expect(fetches).to.equal(0);
  });

  it('fetches what is not paused', async () => {
    const group = groupOf(mended);
    group.pause([{ topic: 't', partitions: [0] }]);
    await group.fetch('1');
    expect(fetches).to.equal(1);
  });

  it('does not wait long at the broker while a partition is paused', async () => {
    const group = groupOf(mended);
    group.pause([{ topic: 't', partitions: [0] }]);
    await group.fetch('1');
    group.resume([{ topic: 't', partitions: [0] }]);
    await group.fetch('1');
    expect(waits).to.deep.equal([100, maxWaitTimeInMs]);
  });

  it('waits for long again after fetches from two brokers at once have been short', async () => {
    const group = groupOf(mended);
    const paused = [{ topic: 't', partitions: [0] }];
    let answer: (() => void) | undefined;
    answers = new Promise((resolve) => (answer = resolve));
    group.pause(paused);
    const fetching = [group.fetch('1'), group.fetch('1')];
    await waitUntil('both fetches are under way', () => waits.length === 2);
    group.resume(paused);
    answer?.();
    await Promise.all(fetching);
    await Promise.all([group.fetch('1'), group.fetch('1')]);
    expect(waits).to.deep.equal([100, 100, maxWaitTimeInMs, maxWaitTimeInMs]);
  });
});
