import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface Coordinator {
  groupId: string;
  coordinatorType: number;
}
interface Asked {
  broker: { findGroupCoordinator(coordinator: Coordinator): Promise<unknown> };
}
interface Cluster {
  brokerPool: { withBroker(ask: (asked: Asked) => Promise<unknown>): Promise<unknown> };
}
type Find = (this: Cluster, coordinator: Coordinator) => Promise<unknown>;

/** What an id is of, and the right that whoever uses it needs, by kafkajs' coordinator type. */
const wanted = ['READ on the consumer group', 'WRITE on the transactional id'];

/**
 * A user who may not use a group or a transactional id is refused when its coordinator is looked
 * up. kafkajs takes every failure there for a broker that is away: consumers start anew 20 times a
 * second, and nobody is told why. Now the refusal is thrown, with what it is about.
 */
export function mendCoordinatorRefusals(load: LoadInternal): void {
  patchMethod<Cluster, Find>(
    load('cluster'),
    'findGroupCoordinatorMetadata',
    (find) =>
      async function (coordinator) {
        try {
          return await find.call(this, coordinator);
        } catch (error) {
          throw (await refusalOf(this, coordinator)) ?? error;
        }
      },
  );
}

/** Asks once more, since kafkajs has thrown the answer away. */
async function refusalOf(cluster: Cluster, coordinator: Coordinator): Promise<Error | undefined> {
  let refusal: Error | undefined;
  const ask = async ({ broker }: Asked) => {
    try {
      await broker.findGroupCoordinator(coordinator);
    } catch (error) {
      if (isRefusal(error)) refusal = error;
      throw error;
    }
  };
  await cluster.brokerPool.withBroker(ask).catch(() => undefined);
  if (refusal) {
    refusal.message += `: ${wanted[coordinator.coordinatorType]} '${coordinator.groupId}'`;
  }
  return refusal;
}

function isRefusal(error: unknown): error is Error {
  const { type } = Object(error) as { type?: string };
  return error instanceof Error && type?.endsWith('AUTHORIZATION_FAILED') === true;
}
