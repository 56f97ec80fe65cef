import { expect } from 'chai';
import { OperationalError } from '../ops/errors.ts';
import { type KafkaFixture, kafkaFixture } from '../testing/kafkaFixture.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { fetchTopicIds } from './topicIds.ts';

describe('fetchTopicIds', () => {
  let kafka: KafkaFixture;
  before(async () => {
    kafka = await kafkaFixture();
  });
  after(() => kafka.close());

  const idOf = async (topic: string) => (await fetchTopicIds(kafka.newKafka(), [topic])).get(topic);

  it('gives each topic an id of its own that stays', async () => {
    const topics = [await kafka.newTopic(3), await kafka.newTopic(1)];
    const ids = await fetchTopicIds(kafka.newKafka(), topics);
    expect([...ids.keys()]).to.deep.equal(topics);
    for (const id of ids.values()) expect(id).to.match(/^[\w-]{22}$/);
    expect(new Set(ids.values())).to.have.property('size', 2);
    expect(await idOf(topics[0]!)).to.equal(ids.get(topics[0]!));
  });

  it('changes when the topic is deleted and created again', async () => {
    const topic = await kafka.newTopic();
    const first = await idOf(topic);
    await kafka.admin.deleteTopics({ topics: [topic] });
    await waitUntil('the new topic', async () => {
      return kafka.admin.createTopics({ topics: [{ topic, replicationFactor: 1 }] });
    });
    expect(await idOf(topic))
      .to.be.a('string')
      .and.not.equal(first);
  });

  it('names a topic that does not exist, and does not create it', async () => {
    const topic = kafka.newName();
    const error = await idOf(topic).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(OperationalError).with.property('code', 'TOPIC_MISSING');
    expect(error).to.have.property('message').that.includes(topic);
    expect(await kafka.admin.listTopics()).not.to.include(topic);
  });
});
