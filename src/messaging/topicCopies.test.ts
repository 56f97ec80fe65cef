import { expect } from 'chai';
import type { Admin, ITopicConfig } from 'kafkajs';
import { ensureTopics } from './topicAdmin.ts';
import { checkTopics, findingHints } from './topicCheck.ts';
import { type TopicRegistry, topicRegistry } from './topics.ts';

/** An admin of a cluster of so many brokers, which keeps topics as it is told. */
class FakeCluster {
  readonly made: ITopicConfig[] = [];
  readonly #brokers: number;

  constructor(brokers: number) {
    this.#brokers = brokers;
  }

  get admin(): Admin {
    const admin = {
      describeCluster: () => Promise.resolve({ brokers: Array(this.#brokers).fill({}) }),
      createTopics: ({ topics }: { topics: ITopicConfig[] }) => {
        this.made.push(...topics);
        return Promise.resolve(true);
      },
      fetchTopicMetadata: ({ topics: [name] }: { topics: string[] }) => {
        const topic = this.made.find((one) => one.topic === name);
        if (!topic) throw Object.assign(new Error(), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
        const replicas = Array(topic.replicationFactor).fill(1);
        const partitions = Array(topic.numPartitions).fill({ leader: 1, replicas });
        return Promise.resolve({ topics: [{ name, partitions }] });
      },
      describeConfigs: ({ resources }: { resources: { name: string }[] }) =>
        Promise.resolve({ resources: resources.map(({ name }) => this.#configsOf(name)) }),
    };
    return admin as unknown as Admin;
  }

  #configsOf(name: string) {
    const topic = this.made.find((one) => one.topic === name);
    const given = (topic?.configEntries ?? []).map((entry) => [entry.name, entry.value]);
    const configs = { 'min.insync.replicas': '1', ...Object.fromEntries(given) } as object;
    const configEntries = Object.entries(configs).map(([configName, configValue]) => {
      return { configName, configValue: String(configValue) };
    });
    return { resourceName: name, configEntries };
  }
}

function registryOf(copies?: number): TopicRegistry {
  return topicRegistry({
    ONHAND_TOPIC_PREFIX: '',
    ONHAND_PARTITIONS: 2,
    ONHAND_REPLICATION_FACTOR: copies,
  });
}
const inSyncOf = ({ configEntries = [] }: ITopicConfig) =>
  configEntries.find(({ name }) => name === 'min.insync.replicas')?.value;

describe('copies of topics', () => {
  for (const [brokers, set, copies, inSync] of [
    [1, undefined, 1, undefined],
    [2, undefined, 2, undefined],
    [3, undefined, 3, '2'],
    [5, undefined, 3, '2'],
    [5, 5, 5, '2'],
    [3, 2, 2, undefined],
  ] as const) {
    it(`are ${copies} with ${brokers} brokers, ${set ?? 'nothing'} asked for`, async () => {
      const cluster = new FakeCluster(brokers);
      await ensureTopics(cluster.admin, registryOf(set));
      expect(cluster.made).to.have.length(7);
      for (const made of cluster.made) {
        expect([made.replicationFactor, inSyncOf(made)]).to.eql([copies, inSync]);
      }
      expect(await checkTopics(cluster.admin, registryOf(set))).to.eql([]);
    });
  }

  it('are missed where three brokers could have more, without refusing them', async () => {
    const cluster = new FakeCluster(3);
    await ensureTopics(cluster.admin, registryOf(1));
    const findings = await checkTopics(cluster.admin, registryOf());
    expect(findings).to.have.length(7);
    expect(findings[0]).to.include({
      ...{ setting: 'copies', severity: 'warning', expected: '3', actual: '1' },
    });
    expect(findingHints(findings)).to.have.length(1);
  });

  it('are missed where a record counts as sent that only one broker has', async () => {
    const cluster = new FakeCluster(3);
    await ensureTopics(cluster.admin, registryOf());
    for (const made of cluster.made) {
      made.configEntries = (made.configEntries ?? []).filter(
        ({ name }) => !name.startsWith('min.insync'),
      );
    }
    const findings = await checkTopics(cluster.admin, registryOf());
    expect(findings.map(({ setting }) => setting)).to.eql(Array(7).fill('min.insync.replicas'));
    expect(findings[0]).to.include({ severity: 'warning', expected: '2', actual: '1' });
  });
});
