import type { RetryOptions } from 'kafkajs';
import { invariant } from '../../ops/errors.ts';
import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';
import type { Broker } from './produceOnce.ts';
import { RecordDelivery, type Retrier, type SendingCluster } from './recordDelivery.ts';

interface ProducersCluster extends SendingCluster {
  findLeaderForPartitions(topic: string, partitions: string[]): Record<string, number[]>;
  findBroker(at: { nodeId: string | number }): Promise<Broker>;
}
type Client = Record<symbol, unknown>;
type CreateProducer = (this: Client, options?: { retry?: RetryOptions }) => unknown;
type CreateCluster = (options: object) => ProducersCluster;
type CreateRetrier = (retry: RetryOptions) => Retrier;

/** No broker's id. kafkajs keeps a producer's sends to one broker apart from each other by it. */
const allLeaders = 'leaders';

/**
 * The tries of a send remember which brokers have answered, not which partitions: after a leader
 * has moved, a try drops a partition's records or writes another's twice, and the send resolves. A
 * partition that the metadata lack is left out as well. Now a producer sees one broker that takes
 * all partitions, `RecordDelivery`, so that a send is one answer, or fails for good.
 */
export function mendProducerSends(load: LoadInternal): void {
  const createRetrier = load('retry') as CreateRetrier;
  patchMethod<Client, CreateProducer>(
    load('index'),
    'producer',
    (producer) =>
      function (options) {
        const create = symbolOf(this, 'private:Kafka:createCluster');
        const retry = this[symbolOf(this, 'private:Kafka:clusterRetry')] as RetryOptions;
        const createCluster = this[create] as CreateCluster;
        const client = Object.create(this, {
          [create]: {
            value: (of: object) => {
              const cluster = createCluster(of);
              const retrier = createRetrier({ ...retry, ...options?.retry });
              return withOneLeader(cluster, new RecordDelivery(allLeaders, cluster, retrier, load));
            },
          },
        }) as Client;
        return producer.call(client, options);
      },
  );
}

function withOneLeader(cluster: ProducersCluster, delivery: RecordDelivery): ProducersCluster {
  const findBroker = cluster.findBroker.bind(cluster);
  return Object.assign(cluster, {
    findLeaderForPartitions: (_: string, partitions: string[]) => ({
      [delivery.nodeId]: partitions.map(Number),
    }),
    findBroker: (at: { nodeId: string | number }) =>
      at.nodeId === delivery.nodeId ? Promise.resolve(delivery) : findBroker(at),
  });
}

function symbolOf(client: Client, description: string): symbol {
  const symbols = Object.getOwnPropertySymbols(client);
  const found = symbols.find((symbol) => symbol.description === description);
  invariant(found, `kafkajs' client has no ${description}`);
  return found;
}
