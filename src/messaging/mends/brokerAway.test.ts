import { Socket } from 'node:net';
import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { mendBrokerAway } from './brokerAway.ts';
import type { LoadInternal } from './loadInternal.ts';

interface Coordinator {
  isConnected(): boolean;
  heartbeat(): Promise<void>;
}
interface ConsumerGroup {
  memberId: string;
  coordinator: Coordinator;
  offsetManager: { coordinator: Coordinator };
  subscriptionState: { assign(topicPartitions: object[]): void };
  joinAndSync(): Promise<void>;
  fetch(node: string): Promise<unknown[]>;
  heartbeat(options: { interval: number }): Promise<void>;
}
type ConsumerGroupClass = new (options: object) => ConsumerGroup;
type ConnectionClass = new (options: object) => { socket: Socket; disconnect(): Promise<void> };
interface Errors {
  KafkaJSConnectionError: new (message: string) => Error;
}
interface ProtocolErrors {
  createErrorFromCode(code: number): Error;
}

const codes = {
  unknownTopic: 3,
  notLeader: 6,
  notCoordinator: 16,
  unknownMember: 25,
  rebalance: 27,
};

describe('mendBrokerAway', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  let refreshes: number;
  let joins: number;
  let searches: number;
  /** What the fetch is answered with. */
  let failure: Error;
  const successor = coordinatorOf(() => Promise.resolve());
  before(() => {
    mendBrokerAway(mended);
  });
  beforeEach(() => {
    refreshes = 0;
    joins = 0;
    searches = 0;
  });

  const away = (load: LoadInternal) => {
    return new (load('errors') as Errors).KafkaJSConnectionError('connect ECONNREFUSED');
  };
  const refusal = (load: LoadInternal, code: number) => {
    return (load('protocol/error') as ProtocolErrors).createErrorFromCode(code);
  };

  function groupOf(load: LoadInternal, coordinator = successor): ConsumerGroup {
    const group = new (load('consumer/consumerGroup') as ConsumerGroupClass)({
      logger: silentKafkaLogger,
      instrumentationEmitter: { emit: () => undefined },
      maxWaitTimeInMs: 10,
      groupId: 'g',
      cluster: {
        refreshMetadataIfNecessary: () => Promise.resolve(),
        refreshMetadata: () => {
          refreshes++;
          return Promise.resolve();
        },
        findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
        findBroker: () => Promise.reject(failure),
        findGroupCoordinator: () => {
          searches++;
          return Promise.resolve(successor);
        },
      },
    });
    group.joinAndSync = () => {
      joins++;
      return Promise.resolve();
    };
    group.memberId = 'm';
    group.coordinator = coordinator;
    group.subscriptionState.assign([{ topic: 't', partitions: [0] }]);
    group.offsetManager = Object.assign(
      {
        resolveOffsets: () => Promise.resolve(),
        committedOffsets: () => ({ t: { 0: '5' } }),
        nextOffset: () => 5,
      },
      { coordinator },
    );
    return group;
  }

  describe('a fetch from a broker that is away', () => {
    it('has nothing, and does not end the fetches from others', async () => {
      failure = away(unmended);
      expect(await typeOf(groupOf(unmended).fetch('1'))).to.equal('KafkaJSConnectionError');

      failure = away(mended);
      expect(await groupOf(mended).fetch('1')).to.deep.equal([]);
      expect(refreshes).to.equal(1);
      expect(searches).to.equal(0);
    });

    it('looks for the coordinator, which may be what is away', async () => {
      failure = away(mended);
      const lost = coordinatorOf(() => Promise.resolve(), false);
      const group = groupOf(mended, lost);
      await group.fetch('1');
      expect(group.coordinator).to.equal(successor);
    });
  });

  it('asks for the new leader without a rebalance of the whole group', async () => {
    failure = refusal(unmended, codes.notLeader);
    await groupOf(unmended).fetch('1');
    expect(joins).to.equal(1);

    failure = refusal(mended, codes.notLeader);
    expect(await groupOf(mended).fetch('1')).to.deep.equal([]);
    expect(joins).to.equal(1);
    expect(refreshes).to.equal(2);
  });

  it('leaves a topic that is gone to kafkajs', async () => {
    failure = refusal(mended, codes.unknownTopic);
    await groupOf(mended).fetch('1');
    expect(joins).to.equal(1);
  });

  for (const [what, errorOf] of [
    ['is away', away],
    ['has handed the group on', (load: LoadInternal) => refusal(load, codes.notCoordinator)],
  ] as const) {
    it(`stays a member when the coordinator ${what}`, async () => {
      const beat = (load: LoadInternal) => {
        const group = groupOf(
          load,
          coordinatorOf(() => Promise.reject(errorOf(load))),
        );
        return { group, beaten: group.heartbeat({ interval: 0 }) };
      };
      expect(await typeOf(beat(unmended).beaten)).to.not.equal('none');

      const { group, beaten } = beat(mended);
      await beaten;
      await waitUntil('the new coordinator is known', () => group.coordinator === successor);
      expect(group.offsetManager.coordinator).to.equal(successor);
      await group.heartbeat({ interval: 0 });
      expect(searches).to.equal(1);
    });
  }

  it('leaves nothing behind on a lost connection, however often its broker is tried', async () => {
    for (const [load, left] of [
      [unmended, 3],
      [mended, 0],
    ] as const) {
      const connection = new (load('network/connection') as ConnectionClass)({
        logger: silentKafkaLogger,
        host: '127.0.0.1',
        port: 1,
      });
      connection.socket = new Socket().destroy();
      for (let tries = 0; tries < 3; tries++) await connection.disconnect();
      expect(connection.socket.listenerCount('connect')).to.equal(left);
    }
  });

  for (const code of [codes.unknownMember, codes.rebalance]) {
    it(`hears that it is no member as it is, code ${code}`, async () => {
      const group = groupOf(
        mended,
        coordinatorOf(() => Promise.reject(refusal(mended, code))),
      );
      expect(await typeOf(group.heartbeat({ interval: 0 }))).to.not.equal('none');
      expect(searches).to.equal(0);
    });
  }
});

function coordinatorOf(heartbeat: () => Promise<void>, isConnected = true): Coordinator {
  return { heartbeat, isConnected: () => isConnected };
}

async function typeOf(outcome: Promise<unknown>): Promise<string> {
  try {
    await outcome;
    return 'none';
  } catch (error) {
    return (error as Error).name;
  }
}
