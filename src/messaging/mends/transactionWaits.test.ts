import { expect } from 'chai';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendTransactionWaits } from './transactionWaits.ts';

interface Broker {
  lookupRequest: () => () => object;
  addPartitionsToTxn(request: object): Promise<unknown>;
  addOffsetsToTxn(request: object): Promise<unknown>;
}
type BrokerClass = new (options: object) => Broker;

interface EosManager {
  initProducerId(): Promise<void>;
  beginTransaction(): void;
  sendOffsets(offsets: { consumerGroupId: string; topics: [] }): Promise<void>;
}

describe('mendTransactionWaits', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  before(() => {
    mendTransactionWaits(mended);
  });

  for (const name of ['addPartitionsToTxn', 'addOffsetsToTxn'] as const) {
    it(`${name} waits for the end of the transaction before`, async () => {
      const refusals = () => repeat('CONCURRENT_TRANSACTIONS', 3);
      const given = await typeOf(brokerOf(unmended, refusals())[name]({}));
      expect(given).to.equal('CONCURRENT_TRANSACTIONS');

      const begun = performance.now();
      expect(await brokerOf(mended, refusals())[name]({})).to.have.property('producerId');
      expect(performance.now() - begun).to.be.below(290);
    });
  }

  it('hands on every other refusal at once', async () => {
    const broker = brokerOf(mended, ['INVALID_PRODUCER_EPOCH']);
    expect(await typeOf(broker.addPartitionsToTxn({}))).to.equal('INVALID_PRODUCER_EPOCH');
  });

  it('retries coordinator calls in tens of milliseconds', async () => {
    const initTime = async (load: LoadInternal) => {
      const begun = performance.now();
      await managerOf(load, brokerOf(load, ['CONCURRENT_TRANSACTIONS'])).initProducerId();
      return performance.now() - begun;
    };
    expect(await initTime(unmended)).to.be.above(200);
    expect(await initTime(mended)).to.be.below(290);
  });

  for (const refusal of ['NOT_COORDINATOR_FOR_GROUP', 'GROUP_LOAD_IN_PROGRESS']) {
    it(`sends offsets again after ${refusal}`, async () => {
      const sendOffsets = async (load: LoadInternal) => {
        const manager = managerOf(load, brokerOf(load, ['', '', refusal]));
        await manager.initProducerId();
        manager.beginTransaction();
        await manager.sendOffsets({ consumerGroupId: 'g', topics: [] });
      };
      expect(await typeOf(sendOffsets(unmended))).to.equal(refusal);
      expect(await typeOf(sendOffsets(mended))).to.equal('none');
    });
  }
});

/** A broker that refuses request by request as listed ('' is no refusal), then answers. */
function brokerOf(load: LoadInternal, refusals: string[]): Broker {
  const left = [...refusals];
  const broker = new (load('broker') as BrokerClass)({
    logger: silentKafkaLogger,
    connectionPool: {
      connectionTimeout: 1,
      send: () => {
        const type = left.shift();
        return type
          ? Promise.reject(Object.assign(new Error(type), { type, retriable: true }))
          : Promise.resolve({ producerId: 1, producerEpoch: 0 });
      },
    },
  });
  broker.lookupRequest = () => () => ({});
  return broker;
}

/** A transactional producer's manager on a cluster with one broker. */
function managerOf(load: LoadInternal, broker: Broker): EosManager {
  const cluster = Object.create((load('cluster') as { prototype: object }).prototype) as object;
  Object.assign(cluster, {
    refreshMetadataIfNecessary: () => Promise.resolve(),
    findGroupCoordinator: () => Promise.resolve(broker),
  });
  const createEosManager = load('producer/eosManager') as (options: object) => EosManager;
  return createEosManager({
    logger: silentKafkaLogger,
    cluster,
    transactional: true,
    transactionalId: 'x',
  });
}

async function typeOf(outcome: Promise<unknown>): Promise<string | undefined> {
  try {
    await outcome;
    return 'none';
  } catch (error) {
    return (error as { type?: string }).type;
  }
}

function repeat(refusal: string, times: number): string[] {
  return Array.from({ length: times }, () => refusal);
}
