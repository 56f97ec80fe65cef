import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { mendCoordinatorRefusals } from './coordinatorRefusals.ts';

interface Cluster {
  findGroupCoordinatorMetadata(of: { groupId: string; coordinatorType: number }): Promise<unknown>;
}

/** A lookup that its broker answers with this error. */
async function thrownFor(type: string, coordinatorType: number): Promise<Error> {
  const load = freshKafkajs();
  mendCoordinatorRefusals(load);
  const { prototype } = load('cluster') as { prototype: object };
  const findGroupCoordinator = () => Promise.reject(Object.assign(new Error('refused'), { type }));
  const cluster = Object.assign(Object.create(prototype) as Cluster, {
    brokerPool: {
      // As kafkajs does it: whatever fails is a broker that is away.
      withBroker: (ask: (asked: object) => Promise<unknown>) =>
        ask({ nodeId: 1, broker: { findGroupCoordinator } }).catch(() => null),
    },
    retrier: (work: (bail: (error: unknown) => never) => unknown) =>
      work((error) => {
        throw error;
      }),
    logger: { debug: () => undefined },
  });
  const looked = cluster.findGroupCoordinatorMetadata({ groupId: 'g', coordinatorType });
  return looked.then(
    () => new Error('it was found'),
    (error: unknown) => error as Error,
  );
}

describe('mendCoordinatorRefusals', () => {
  it('says which right is missing on what', async () => {
    expect(await thrownFor('GROUP_AUTHORIZATION_FAILED', 0)).to.include({
      type: 'GROUP_AUTHORIZATION_FAILED',
      message: "refused: READ on the consumer group 'g'",
    });
    expect(await thrownFor('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 1)).to.include({
      message: "refused: WRITE on the transactional id 'g'",
    });
  });

  it('leaves other failures as they were', async () => {
    const error = await thrownFor('COORDINATOR_LOAD_IN_PROGRESS', 0);
    expect(error.name).to.equal('KafkaJSGroupCoordinatorNotFound');
  });
});
