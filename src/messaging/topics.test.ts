import { expect } from 'chai';
import { type Topic, topicRegistry } from './topics.ts';

describe('topicRegistry', () => {
  const registry = topicRegistry({
    ONHAND_TOPIC_PREFIX: 'shop.',
    ONHAND_PARTITIONS: 6,
    ONHAND_REPLICATION_FACTOR: 3,
  });
  const topics = Object.values<Topic>(registry);

  it('puts the prefix before every name', () => {
    expect(topics.map(({ name }) => name)).to.deep.equal([
      'shop.stock.commands',
      'shop.stock.events',
      'shop.stock.levels',
      'shop.stock.commands.dead-letter',
      'shop.order.events',
      'shop.order.stock',
      'shop.order.events.dead-letter',
    ]);
  });

  it('gives all topics the same partitions and copies', () => {
    for (const topic of topics) {
      expect(topic).to.include({ partitions: 6, replicationFactor: 3 });
    }
  });

  it('dates what engines read by the broker and compacts levels only', () => {
    for (const { configs } of [registry.stockCommands, registry.orderEvents]) {
      expect(configs).to.include({
        'message.timestamp.type': 'LogAppendTime',
        'retention.ms': '604800000',
      });
    }
    const compacted = topics.filter((topic) => topic.configs['cleanup.policy'] === 'compact');
    expect(compacted).to.deep.equal([registry.stockLevels]);
  });
});
