import { expect } from 'chai';
import type { Admin } from 'kafkajs';
import type { Settings } from '../config/settings.ts';
import { OperationalError } from '../ops/errors.ts';
import { type KafkaFixture, kafkaFixture } from '../testing/kafkaFixture.ts';
import { ensureTopics, missingTopics } from './topicAdmin.ts';
import { checkTopics, requireTopics } from './topicCheck.ts';
import { type Topic, topicRegistry } from './topics.ts';

describe('topics on a broker', function () {
  this.timeout(180_000);
  let kafka: KafkaFixture;
  const made: string[] = [];
  before(async () => {
    kafka = await kafkaFixture();
  });
  after(async () => {
    for (const topic of made) await kafka.admin.deleteTopics({ topics: [topic] });
    await kafka.close();
  });

  function registryOf(changes: Partial<Settings> = {}) {
    const registry = topicRegistry({
      ...kafka.settings,
      ONHAND_TOPIC_PREFIX: `${kafka.newName()}.`,
      ONHAND_PARTITIONS: 3,
      ...changes,
    });
    return registry;
  }

  async function ensure(registry: ReturnType<typeof registryOf>): Promise<string[]> {
    const created = await ensureTopics(kafka.admin, registry);
    made.push(...created);
    return created;
  }

  it('creates what is missing, once, and finds nothing to object to', async () => {
    const registry = registryOf();
    const names = Object.values<Topic>(registry).map(({ name }) => name);
    expect(await missingTopics(kafka.admin, registry)).to.have.length(names.length);
    expect(await ensure(registry)).to.deep.equal(names);
    expect(await checkTopics(kafka.admin, registry)).to.deep.equal([]);
    expect(await ensure(registry)).to.deep.equal([]);
  });

  it('asks again when a broker of a cluster has not heard of new topics', async () => {
    const registry = registryOf();
    let refusals = 2;
    const describeConfigs: Admin['describeConfigs'] = (request) => {
      if (refusals-- === 0) return kafka.admin.describeConfigs(request);
      const type = 'UNKNOWN_TOPIC_OR_PARTITION';
      return Promise.reject(Object.assign(new Error('not hosted here'), { type }));
    };
    const created = await ensureTopics({ ...kafka.admin, describeConfigs }, registry);
    made.push(...created);
    expect(created).to.have.length(Object.keys(registry).length);
    expect(refusals).to.equal(-1);
  });

  it('makes topics that the broker dates, and that can be written at once', async () => {
    const registry = registryOf();
    await ensure(registry);
    const producer = kafka.newKafka().producer();
    await producer.connect();
    const { name: topic } = registry.stockCommands;
    const messages = [0, 1, 2].map((partition) => ({ partition, value: 'x', timestamp: '1' }));
    const written = await producer.send({ topic, messages });
    await producer.disconnect();
    for (const { logAppendTime } of written) {
      expect(Number(logAppendTime)).to.be.closeTo(Date.now(), 60_000);
    }
  });

  it('lists every difference and names the worst', async () => {
    const registry = registryOf();
    const { stockCommands, stockEvents, stockLevels, stockDeadLetter } = registry;
    await createAs(stockCommands, { numPartitions: 2 });
    await createAs(stockEvents, { configEntries: [{ name: 'cleanup.policy', value: 'compact' }] });
    await createAs(stockLevels, {});
    for (const topic of [registry.orderEvents, registry.orderStock, registry.orderDeadLetter]) {
      await createAs(topic, {
        configEntries: Object.entries(topic.configs).map(([name, value]) => ({ name, value })),
      });
    }

    const findings = await checkTopics(kafka.admin, registry);
    const refused = { severity: 'refusal' } as const;
    expect(findings).to.deep.equal([
      { topic: stockCommands.name, setting: 'partitions', ...refused, expected: '3', actual: '2' },
      {
        topic: stockCommands.name,
        setting: 'message.timestamp.type',
        ...refused,
        expected: 'LogAppendTime',
        actual: 'CreateTime',
      },
      {
        topic: stockEvents.name,
        setting: 'cleanup.policy',
        ...refused,
        expected: 'delete',
        actual: 'compact',
      },
      {
        topic: stockLevels.name,
        setting: 'cleanup.policy',
        ...refused,
        expected: 'compact',
        actual: 'delete',
      },
      {
        topic: stockDeadLetter.name,
        setting: 'topic',
        ...refused,
        expected: 'exists',
        actual: 'missing',
      },
    ]);
    expect(() => {
      requireTopics(findings);
    })
      .to.throw(OperationalError)
      .with.property('code', 'TOPIC_MISSING');

    const error = await ensure(registry).then(
      () => undefined,
      (thrown: unknown) => thrown as OperationalError,
    );
    made.push(stockDeadLetter.name);
    expect(error?.code).to.equal('PARTITION_COUNT_CHANGED');
    expect(error?.message).to.include(stockLevels.name);
    expect(await checkTopics(kafka.admin, registry)).to.deep.equal(findings.slice(0, 4));
  });

  it('warns of a topic whose batches the broker packs anew, and works with it', async () => {
    const registry = registryOf();
    const lz4 = { 'compression.type': 'lz4' };
    await createAs(registry.stockEvents, {
      configEntries: Object.entries({ ...registry.stockEvents.configs, ...lz4 }).map(
        ([name, value]) => ({ name, value }),
      ),
    });
    await ensure(registry);
    const findings = await checkTopics(kafka.admin, registry);
    expect(findings).to.deep.equal([
      {
        topic: registry.stockEvents.name,
        setting: 'compression.type',
        severity: 'warning',
        expected: 'producer',
        actual: 'lz4',
      },
    ]);
    requireTopics(findings);
  });

  async function createAs(topic: Topic, differing: object): Promise<void> {
    const standard = { topic: topic.name, numPartitions: 3, replicationFactor: 1 };
    await kafka.admin.createTopics({ topics: [{ ...standard, ...differing }] });
    made.push(topic.name);
  }
});
