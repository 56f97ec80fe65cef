import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { mendCoordinatorLookups } from './coordinatorLookups.ts';

interface Cluster {
  findGroupCoordinatorMetadata: () => Promise<object>;
  findBroker: () => Promise<unknown>;
  retrier: (work: (bail: (error: unknown) => void) => unknown) => unknown;
  findGroupCoordinator(of: { groupId: string; coordinatorType: number }): Promise<unknown>;
}
interface ConnectionPool {
  getConnection: () => Promise<{ send: () => Promise<unknown> }>;
  send(request: object): Promise<unknown>;
}

describe('mendCoordinatorLookups', () => {
  const group = { groupId: 'one', coordinatorType: 0 };
  let broker: { connected: boolean; isConnected: () => boolean };
  let cluster: Cluster;
  let pool: ConnectionPool;
  let asked: number;

  beforeEach(() => {
    const load = freshKafkajs();
    mendCoordinatorLookups(load);
    const { prototype } = load('cluster') as { prototype: object };
    asked = 0;
    broker = { connected: true, isConnected: () => broker.connected };
    cluster = Object.assign(Object.create(prototype) as Cluster, {
      findGroupCoordinatorMetadata: () => {
        asked++;
        return Promise.resolve({ coordinator: { nodeId: 1 } });
      },
      findBroker: () => Promise.resolve(broker),
      retrier: (work: (bail: (error: unknown) => void) => unknown) =>
        work((error) => {
          throw error;
        }),
    });
    const poolClass = load('network/connectionPool') as { prototype: object };
    pool = Object.create(poolClass.prototype) as ConnectionPool;
  });

  it('asks once for each group', async () => {
    for (let i = 0; i < 3; i++) expect(await cluster.findGroupCoordinator(group)).to.equal(broker);
    expect(asked).to.equal(1);
    await cluster.findGroupCoordinator({ ...group, groupId: 'two' });
    await cluster.findGroupCoordinator({ ...group, coordinatorType: 1 });
    expect(asked).to.equal(3);
  });

  it('asks again when the connection is lost', async () => {
    await cluster.findGroupCoordinator(group);
    broker.connected = false;
    await cluster.findGroupCoordinator(group);
    expect(asked).to.equal(2);
  });

  it('asks again after any request that failed: the coordinator may have moved', async () => {
    await cluster.findGroupCoordinator(group);
    const moved = new Error('NOT_COORDINATOR_FOR_GROUP');
    pool.getConnection = () => Promise.resolve({ send: () => Promise.reject(moved) });
    const failure = await pool.send({ request: { apiKey: 28 } }).catch((error: unknown) => error);
    expect(failure).to.equal(moved);
    await cluster.findGroupCoordinator(group);
    expect(asked).to.equal(2);
  });
});
