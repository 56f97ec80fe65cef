import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Consumer } from 'kafkajs';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import { silentKafkaLogger } from '../../testing/silentKafkaLogger.ts';
import { registerFailures } from './consumerFailures.ts';
import { mendCrash } from './crash.ts';
import type { LoadInternal } from './loadInternal.ts';

interface Faults {
  /** What the consumer runs into when it joins its group. */
  join: (load: LoadInternal) => Error;
  disconnect: () => Promise<void>;
}

const never = () => new Promise<void>(() => undefined);

describe('mendCrash', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  before(() => {
    mendCrash(mended);
  });

  it('tells the owner of a crash before the disconnect is through', async () => {
    const faults = { join: () => new TypeError('oops'), disconnect: never };
    expect(await crashOf(unmended, faults)).to.deep.equal({ told: [], restarts: [] });
    expect(await crashOf(mended, faults)).to.deep.equal({ told: ['oops'], restarts: [] });
  });

  it('tells the owner once when kafkajs does not restart', async () => {
    const faults = { join: () => new TypeError('oops'), disconnect: () => Promise.resolve() };
    const expected = { told: ['oops'], restarts: [false] };
    expect(await crashOf(mended, faults)).to.deep.equal(expected);
  });

  it('restarts when the broker is away, and tells nobody', async () => {
    const faults = { join: coordinatorNotFound, disconnect: () => Promise.resolve() };
    expect(await crashOf(unmended, faults)).to.deep.equal({ told: [], restarts: [false] });
    expect(await crashOf(mended, faults)).to.deep.equal({ told: [], restarts: [true] });
  });

  it('restarts when the broker refuses a password that it has taken before', async () => {
    const refused = (load: LoadInternal) => {
      return kafkaError(load, 'KafkaJSSASLAuthenticationError', 'wrong password');
    };
    const faults = { join: refused, disconnect: () => Promise.resolve() };
    expect(await crashOf(unmended, faults)).to.deep.equal({ told: [], restarts: [false] });
    expect(await crashOf(mended, faults)).to.deep.equal({ told: [], restarts: [true] });
  });

  it('does not restart for a topic that is gone', async () => {
    const topicGone = () => {
      const type = 'UNKNOWN_TOPIC_OR_PARTITION';
      return Object.assign(new Error('gone'), { type, retriable: true });
    };
    const faults = { join: topicGone, disconnect: () => Promise.resolve() };
    expect(await crashOf(unmended, faults)).to.deep.equal({ told: [], restarts: [true] });
    expect(await crashOf(mended, faults)).to.deep.equal({ told: ['gone'], restarts: [false] });
  });
});

/** Starts a consumer that cannot join and says who learns of it. */
async function crashOf(load: LoadInternal, faults: Faults) {
  const cluster = {
    connect: () => Promise.resolve(),
    disconnect: faults.disconnect,
    refreshMetadataIfNecessary: () => Promise.resolve(),
    addMultipleTargetTopics: () => Promise.resolve(),
    findGroupCoordinator: () => Promise.reject(faults.join(load)),
  };
  const createConsumer = load('consumer') as (options: object) => Consumer;
  const consumer = createConsumer({
    cluster,
    groupId: 'g',
    logger: silentKafkaLogger,
    retry: { retries: 1, initialRetryTime: 5000 },
  });
  const told: string[] = [];
  const restarts: boolean[] = [];
  registerFailures(cluster, {
    onCrash: ({ message }) => told.push(message),
    onOffsetOutOfRange: () => undefined,
  });
  consumer.on('consumer.crash', ({ payload }) => restarts.push(payload.restart));
  await consumer.subscribe({ topic: 't' });
  const running = consumer.run({ eachMessage: () => Promise.resolve() });
  await Promise.race([running, sleep(50)]);
  await consumer.stop();
  return { told, restarts };
}

function coordinatorNotFound(load: LoadInternal): Error {
  const message = 'Failed to find group coordinator';
  return kafkaError(load, 'KafkaJSGroupCoordinatorNotFound', message);
}

function kafkaError(load: LoadInternal, name: string, message: string): Error {
  const errors = load('errors') as Record<string, new (message: string) => Error>;
  return new errors[name]!(message);
}
