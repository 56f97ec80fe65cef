import { expect } from 'chai';
import type { Producer } from 'kafkajs';
import { type KafkaFixture, kafkaFixture } from '../../testing/kafkaFixture.ts';
import { LogEndReader } from './logEndReader.ts';

describe('LogEndReader', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  let reader: LogEndReader;
  let sender: Producer;
  let topic: string;
  before(async () => {
    kafka = await kafkaFixture();
    topic = await kafka.newTopic(2);
    reader = new LogEndReader(kafka.newKafka());
    sender = kafka.newKafka().producer({
      transactionalId: `${topic}-sender`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await sender.connect();
  });
  after(async () => {
    await sender?.disconnect();
    await reader?.disconnect();
    await kafka?.close();
  });
  const send = (partition: number) => ({ topic, messages: [{ partition, value: 'x' }] });

  it('tells both ends of every partition, and which producer stands between them', async () => {
    await sender.send({ topic, messages: [{ partition: 0, value: 'a' }] });
    const transaction = await sender.transaction();
    await transaction.send(send(0));
    await transaction.send(send(0));
    expect([...(await reader.read(topic))]).to.have.deep.members([
      [0, { stable: 1, end: 3 }],
      [1, { stable: 0, end: 0 }],
    ]);
    const open = await reader.findOpen(topic, 0, 1);
    expect(open).to.include({ transactionalId: `${topic}-sender` });
    expect(open!.producerId).to.match(/^\d+$/);
    expect(open!.lastAppend).to.be.above(0);
    expect(await reader.findOpen(topic, 1, 0)).to.equal(undefined);
    await transaction.abort();
  });

  it('names the topic that is not there', async () => {
    const failure = await reader.read(kafka.newName()).catch((error: unknown) => error);
    expect(failure).to.have.property('type', 'UNKNOWN_TOPIC_OR_PARTITION');
  });
});
