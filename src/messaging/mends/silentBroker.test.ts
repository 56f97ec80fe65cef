import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { type Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { apis } from '../../testing/fakeKafka/codes.ts';
import { FakeCluster } from '../../testing/fakeKafka/fakeCluster.ts';
import { freshKafkajs } from '../../testing/freshKafkajs.ts';
import type { LoadInternal } from './loadInternal.ts';
import { mendProducerSends } from './producerSends.ts';
import { mendSilentBroker } from './silentBroker.ts';

type KafkaClass = new (config: KafkaConfig) => Kafka;

const never = new Promise<void>(() => undefined);

describe('mendSilentBroker', () => {
  const unmended = freshKafkajs();
  const mended = freshKafkajs();
  let cluster: FakeCluster;
  const closing: (() => Promise<unknown>)[] = [];
  before(() => {
    mendProducerSends(mended);
    mendSilentBroker(mended);
  });
  beforeEach(async () => {
    cluster = await FakeCluster.open(2, [0, 1]);
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    await cluster.close();
  });

  const producerOf = (load: LoadInternal, brokers: string[], config: Partial<KafkaConfig> = {}) => {
    const kafka = new (load('index') as KafkaClass)({
      brokers,
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 5, maxRetryTime: 20, retries: 8 },
      ...config,
    });
    const producer = kafka.producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    closing.push(() => producer.disconnect());
    return producer;
  };

  it('asks a broker once who leads what when it does not answer, and then the others', async () => {
    const producer = producerOf(mended, cluster.addresses);
    await producer.connect();
    const send = (value: string) =>
      producer.send({
        topic: cluster.topic,
        messages: [0, 1].map((at) => ({ partition: at, value })),
      });
    await send('first');
    let unanswered = 0;
    cluster.moments.before = ({ api, node }) => {
      if (api !== apis.metadata || node !== 1) return;
      unanswered++;
      return never;
    };
    // Each move makes the client ask; which of the two it asks is a matter of chance.
    const moves = 12;
    for (let move = 0; move < moves; move++) {
      cluster.move(0, (move + 1) % 2);
      await send(`after move ${move}`);
    }
    expect(unanswered).to.be.at.most(1);
    expect(cluster.values[0]).to.have.length(1 + moves);
  });

  it('goes to the next address when a broker takes connections and says nothing', async () => {
    const silent = await silentServer();
    const brokers = [silent.address, ...cluster.addresses];
    // Where a client begins is a matter of chance, too.
    while (silent.connections() === 0) await producerOf(mended, brokers).connect();

    // kafkajs itself takes it for connected, once it has waited in vain for the first answer.
    const impatient = { requestTimeout: 300, connectionTimeout: 300 };
    await producerOf(unmended, [silent.address], impatient).connect();
  });

  async function silentServer() {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.on('error', () => undefined).resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => Promise.resolve(server.close()));
    const { port } = server.address() as AddressInfo;
    return { address: `127.0.0.1:${port}`, connections: () => connections };
  }
});
