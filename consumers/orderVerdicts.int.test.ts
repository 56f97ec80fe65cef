import { expect } from 'chai';
import type { Producer } from 'kafkajs';
import type { OrderStockExpired } from '../src/domain/order/orderVerdicts.ts';
import { encodeOrderStockEvent } from '../src/messaging/orderStockEventCodec.ts';
import type { PublishedOrderVerdict } from '../src/messaging/orderStockEventCodec.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OrderVerdicts } from './orderVerdicts.ts';

describe('OrderVerdicts', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let producer: Producer;
  let reader: OrderVerdicts | undefined;
  let sent = 0;
  before(async () => {
    onhand = await testInstallation();
    producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer({
      transactionalId: `${onhand.settings.ONHAND_TOPIC_PREFIX}test`,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
  });
  afterEach(async () => {
    await reader?.stop();
    reader = undefined;
  });
  after(async () => {
    await producer?.disconnect();
    await onhand?.close();
  });

  /** Verdicts of one order in one partition, in a transaction. */
  async function publish(count: number, partition = 0, commits = true): Promise<void> {
    const transaction = await producer.transaction();
    const messages = Array.from({ length: count }, () => {
      const sequence = ++sent;
      const cause = { topicId: 't', partition, offset: sequence, index: 0 };
      const head = { orderId: `o-${partition}`, sequence, answers: null, time: 1 };
      const body: OrderStockExpired = { kind: 'OrderStockExpired', expiresAt: 1, lines: [] };
      const value = encodeOrderStockEvent({ ...head, ...body }, cause);
      return { partition, key: head.orderId, value };
    });
    await transaction.send({ topic: onhand.topics.orderStock.name, messages });
    await (commits ? transaction.commit() : transaction.abort());
    if (!commits) sent -= count;
  }

  function read(
    group: string,
    take: (verdicts: PublishedOrderVerdict[]) => Promise<void>,
    onFailure: (error: Error) => void = throwIt,
  ): Promise<void> {
    reader = new OrderVerdicts(onhand.settings, silentLogger, group, take, onFailure);
    return reader.start();
  }

  /** A handler that notes the sequences it was given. */
  function noting(seen: number[]) {
    return (verdicts: PublishedOrderVerdict[]) => {
      seen.push(...verdicts.map(({ sequence }) => sequence));
      return Promise.resolve();
    };
  }

  it('hands over committed verdicts only, in order, in batches of 500 at most', async () => {
    await publish(3);
    await publish(5, 0, false);
    await publish(1200);
    const seen: number[] = [];
    const sizes: number[] = [];
    await read('all', async (verdicts) => {
      sizes.push(verdicts.length);
      await noting(seen)(verdicts);
    });
    await waitUntil('all verdicts', () => seen.length >= 1203, 60_000);
    expect(seen).to.deep.equal(Array.from({ length: 1203 }, (_, index) => index + 1));
    expect(Math.max(...sizes)).to.equal(500);
  });

  it('goes on behind what was handled, when another one of its group takes over', async () => {
    const seen: number[] = [];
    await read('all', noting(seen));
    await publish(2);
    await waitUntil('both', () => seen.length >= 2, 60_000);
    expect(seen).to.deep.equal([1204, 1205]);
  });

  it('commits by itself, so that a crash brings back little', async () => {
    const group = `${onhand.settings.ONHAND_TOPIC_PREFIX}all`;
    await read('all', () => Promise.resolve());
    await publish(1);
    const topics = [onhand.topics.orderStock.name];
    const committed = async () => {
      const [found] = await onhand.admin.fetchOffsets({ groupId: group, topics });
      const ends = await onhand.admin.fetchTopicOffsets(topics[0]!);
      const { high } = ends.find(({ partition }) => partition === 0)!;
      return found!.partitions.find(({ partition }) => partition === 0)!.offset === high;
    };
    // Nobody has stopped the reader, nothing else was sent.
    await waitUntil('the offset of the last verdict', committed, 60_000);
  });

  it('hands over the same verdicts again until the handler has taken them', async () => {
    const tries: number[][] = [];
    const seen: number[] = [];
    await read('all', async (verdicts) => {
      tries.push(verdicts.map(({ sequence }) => sequence));
      if (tries.length < 4) throw new Error('the database is away');
      await noting(seen)(verdicts);
    });
    const first = sent + 1;
    await publish(2);
    await waitUntil('a fourth try', () => seen.length >= 2, 60_000);
    expect(tries).to.deep.equal(Array.from({ length: 4 }, () => [first, first + 1]));
  });

  it('leaves uncommitted what the handler never took', async () => {
    const first = sent + 1;
    let tries = 0;
    await read('all', () => {
      tries++;
      return Promise.reject(new Error('no'));
    });
    await publish(2);
    await waitUntil('a try', () => tries > 0, 60_000);
    await reader!.stop();
    const seen: number[] = [];
    await read('all', noting(seen));
    await waitUntil('both again', () => seen.length >= 2, 60_000);
    expect(seen).to.deep.equal([first, first + 1]);
  });

  it('says so when a record is no verdict, and hands nothing of it over', async () => {
    const topic = onhand.topics.orderStock.name;
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ partition: 1, value: Buffer.from('nonsense') }] });
    await transaction.commit();
    const seen: number[] = [];
    const failures: Error[] = [];
    await read('all', noting(seen), (error) => failures.push(error));
    await waitUntil('a failure', () => failures.length > 0, 60_000);
    expect(failures[0]!.name).to.equal('DecodeError');
    expect(seen).to.be.empty;
  });
});

function throwIt(error: Error): void {
  throw error;
}
