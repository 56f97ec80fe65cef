import { type Socket, connect } from 'node:net';
import { expect } from 'chai';
import kafkajs, { type Consumer, type EachBatchHandler, type EachBatchPayload } from 'kafkajs';
import { type KafkaFixture, kafkaFixture, plainConfig } from '../testing/kafkaFixture.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { createConsumer } from './createConsumer.ts';
import type { OffsetOutOfRange } from './mends/consumerFailures.ts';

describe('createConsumer', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  let consumers: Consumer[];
  let outOfRange: OffsetOutOfRange[];
  let crashes: Error[];
  let values: string[];

  before(async () => {
    kafka = await kafkaFixture();
  });
  beforeEach(() => {
    [consumers, outOfRange, crashes, values] = [[], [], [], []];
  });
  afterEach(async () => {
    for (const consumer of consumers) await consumer.disconnect();
  });
  after(() => kafka.close());

  const failures = {
    onOffsetOutOfRange: (failure: OffsetOutOfRange) => void outOfRange.push(failure),
    onCrash: (error: Error) => void crashes.push(error),
  };

  async function start(
    topic: string,
    groupId: string,
    client = kafka.newKafka(),
    eachBatch: EachBatchHandler = collect,
  ): Promise<Consumer> {
    const retry = { retries: 1, initialRetryTime: 50, maxRetryTime: 100 };
    const times = { maxWaitTimeInMs: 100, heartbeatInterval: 500, sessionTimeout: 6000 };
    const config = { groupId, ...times, retry };
    const consumer = createConsumer(client, config, failures);
    consumers.push(consumer);
    consumer.on('consumer.group_join', () => {
      consumer.seek({ topic, partition: 0, offset: String(values.length) });
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    return consumer;
  }

  function collect(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    values.push(...batch.messages.map(({ value }) => String(value)));
    payload.resolveOffset(batch.lastOffset());
    return Promise.resolve();
  }

  async function write(topic: string, ...written: string[]): Promise<void> {
    const producer = kafka.newKafka().producer();
    await producer.connect();
    await producer.send({ topic, messages: written.map((value) => ({ value })) });
    await producer.disconnect();
  }

  async function committedOffset(groupId: string, topic: string): Promise<string | undefined> {
    const [offsets] = await kafka.admin.fetchOffsets({ groupId, topics: [topic] });
    return offsets?.partitions[0]?.offset;
  }

  it('tells of an offset that is gone, commits nothing and goes on when told to', async () => {
    const topic = await kafka.newTopic();
    const groupId = kafka.newName();
    await write(topic, 'a', 'b', 'c');
    const partitions = [{ partition: 0, offset: '2' }];
    // kafkajs deletes records only of topics that its admin has heard of.
    await kafka.admin.fetchTopicOffsets(topic);
    await kafka.admin.deleteTopicRecords({ topic, partitions });

    const consumer = await start(topic, groupId);
    await waitUntil('word of the gap', () => outOfRange.length > 0);
    expect(outOfRange).to.deep.equal([{ topic, partition: 0, fetchOffset: '0' }]);
    expect(consumer.paused()).to.deep.equal([{ topic, partitions: [0] }]);
    expect(values).to.deep.equal([]);

    consumer.seek({ topic, partition: 0, offset: '2' });
    consumer.resume([{ topic, partitions: [0] }]);
    await waitUntil('the record that is left', () => values.includes('c'));
    expect(await committedOffset(groupId, topic)).to.equal('-1');
    expect(outOfRange).to.have.length(1);
  });

  it('tells of a crash through a programming error, with the process alive', async () => {
    const topic = await kafka.newTopic();
    await write(topic, 'a');
    await start(topic, kafka.newName(), kafka.newKafka(), () => {
      throw new TypeError('x is not a function');
    });
    await waitUntil('the crash', () => crashes.length > 0);
    expect(crashes.map(({ message }) => message)).to.deep.equal(['x is not a function']);
  });

  it('comes back by itself when the broker was away', async () => {
    const topic = await kafka.newTopic();
    let away = false;
    let triesInVain = 0;
    const sockets = new Set<Socket>();
    const nobody = 1;
    const client = new kafkajs.Kafka({
      ...plainConfig(kafka.settings),
      retry: { retries: 1, initialRetryTime: 50 },
      socketFactory: ({ host, port, onConnect }) => {
        if (away) triesInVain++;
        const socket = connect({ host, port: away ? nobody : port }, onConnect);
        sockets.add(socket);
        return socket;
      },
    });
    await write(topic, 'a');
    await start(topic, kafka.newName(), client);
    await waitUntil('the first record', () => values.includes('a'));

    away = true;
    for (const socket of sockets) socket.destroy(new Error('cut'));
    await waitUntil('more tries in vain than kafkajs has patience for', () => triesInVain > 5);
    away = false;
    await write(topic, 'b');
    // The new member has to wait until the old one's session is over.
    await waitUntil('the second record', () => values.includes('b'), 60_000);
    expect(values).to.deep.equal(['a', 'b']);
    expect(crashes).to.deep.equal([]);
  });
});
