import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Consumer } from 'kafkajs';
import { loadSettings } from '../config/loadSettings.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { ThrowawayKafka } from '../testing/throwawayKafka.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { createConsumer } from './createConsumer.ts';
import { createKafka } from './kafkaClient.ts';

const topic = 'rotated';

describe('a password of Kafka that is rotated', function () {
  this.timeout(180_000);
  let folder: string;
  let kafka: ThrowawayKafka;
  let consumer: Consumer | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onhand-rotated-'));
    kafka = await ThrowawayKafka.start();
  });
  after(async () => {
    await consumer?.disconnect();
    await kafka?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds from the next connection on, for consumers and producers that go on', async () => {
    const file = join(folder, 'password');
    const settings = {
      ...loadSettings().values,
      ...kafka.scramSettings,
      ONHAND_KAFKA_SASL_USERNAME: 'shop',
      ONHAND_KAFKA_SASL_PASSWORD: 'first',
      ONHAND_KAFKA_SASL_PASSWORD_FILE: file,
    };
    const crashes: Error[] = [];
    const got: string[] = [];
    await kafka.setPassword('shop', 'first');
    writeFileSync(file, 'first\n');
    const admin = createKafka(settings, 'test', silentLogger).admin();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
    const producer = createKafka(settings, 'test', silentLogger).producer();
    await producer.connect();
    consumer = createConsumer(
      createKafka(settings, 'test', silentLogger),
      { groupId: 'rotated', sessionTimeout: 6000 },
      { onOffsetOutOfRange: () => undefined, onCrash: (error) => crashes.push(error) },
    );
    let refusals = 0;
    consumer.on(consumer.events.CRASH, () => void refusals++);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => Promise.resolve(void got.push(String(message.value))),
    });
    const send = (value: string) =>
      producer.send({ topic, messages: [{ value }] }).then(
        () => true,
        () => false,
      );
    await waitUntil('the first message', async () => (await send('first')) && got.length > 0);

    await kafka.setPassword('shop', 'second');
    await kafka.down();
    await kafka.up();
    // The file is changed later than the server, while clients are refused with the old password.
    await waitUntil('refusals', async () => !(await send('lost')) && refusals > 0);
    writeFileSync(file, 'second\n');
    await waitUntil('a message after the rotation', async () => {
      return (await send('second')) && got.includes('second');
    });
    expect(crashes).to.deep.equal([]);
    await admin.fetchTopicMetadata({ topics: [topic] });
    await Promise.all([producer.disconnect(), admin.disconnect()]);
  });
});
