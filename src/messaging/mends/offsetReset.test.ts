import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { type OffsetOutOfRange, registerFailures } from './consumerFailures.ts';
import { mendOffsetReset } from './offsetReset.ts';

interface ConsumerGroup {
  cluster: object;
  offsetManager: object;
  preferredReadReplicasPerTopicPartition: Record<string, Record<number, unknown>>;
  isPaused(topic: string, partition: number): boolean;
  seek(to: { topic: string; partition: number; offset: string }): void;
  recoverFromOffsetOutOfRange(error: object): Promise<void>;
}
type ConsumerGroupClass = new (options: object) => ConsumerGroup;

const at = { topic: 't', partition: 3 };
const outOfRange = Object.assign(new Error('out of range'), at);

describe('mendOffsetReset', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  let resets: object[];
  before(() => {
    mendOffsetReset(mended);
  });
  beforeEach(() => {
    resets = [];
  });

  function groupOf(load: typeof mended, told?: OffsetOutOfRange[]): ConsumerGroup {
    const group = new (load('consumer/consumerGroup') as ConsumerGroupClass)({
      cluster: {},
      logger: silentKafkaLogger,
    });
    group.offsetManager = {
      nextOffset: () => 41,
      setDefaultOffset: (where: object) => resets.push(where),
    };
    if (told) {
      registerFailures(group.cluster, {
        onOffsetOutOfRange: (failure) => told.push(failure),
        onCrash: () => undefined,
      });
    }
    return group;
  }

  it('tells the owner and pauses the partition, where kafkajs resets the offset', async () => {
    await groupOf(unmended).recoverFromOffsetOutOfRange(outOfRange);
    expect(resets).to.deep.equal([at]);

    resets = [];
    const told: OffsetOutOfRange[] = [];
    const group = groupOf(mended, told);
    await group.recoverFromOffsetOutOfRange(outOfRange);
    expect(resets).to.deep.equal([]);
    expect(told).to.deep.equal([{ ...at, fetchOffset: '41' }]);
    expect(group.isPaused('t', 3)).to.equal(true);
  });

  it('throws when nobody owns the consumer', async () => {
    let thrown: unknown;
    await groupOf(mended)
      .recoverFromOffsetOutOfRange(outOfRange)
      .catch((error: unknown) => (thrown = error));
    expect(thrown).to.equal(outOfRange);
    expect(resets).to.deep.equal([]);
  });

  it('is quiet when the owner has already sought elsewhere', async () => {
    const told: OffsetOutOfRange[] = [];
    const group = groupOf(mended, told);
    group.seek({ ...at, offset: '50' });
    await group.recoverFromOffsetOutOfRange(outOfRange);
    expect(told).to.deep.equal([]);
    expect(group.isPaused('t', 3)).to.equal(false);
  });

  it('asks the leader before it believes a follower', async () => {
    const told: OffsetOutOfRange[] = [];
    const group = groupOf(mended, told);
    group.preferredReadReplicasPerTopicPartition = { t: { 3: { nodeId: 2, expireAt: 0 } } };
    await group.recoverFromOffsetOutOfRange(outOfRange);
    expect(told).to.have.length(0);
    await group.recoverFromOffsetOutOfRange(outOfRange);
    expect(told).to.have.length(1);
  });
});
