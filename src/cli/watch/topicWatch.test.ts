import { expect } from 'chai';
import type { TopicFinding } from '../../messaging/topicCheck.ts';
import { silentLogger } from '../../testing/kafkaFixture.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { TopicWatch } from './topicWatch.ts';

const finding = (setting: TopicFinding['setting'], actual: string): TopicFinding => {
  return { topic: 'events', setting, severity: 'warning', expected: '3', actual };
};

describe('TopicWatch', () => {
  it('reports what was changed, but no copies that new brokers could hold', async () => {
    const atStart = finding('compression.type', 'lz4');
    const changed = finding('retention.ms', '1');
    let looks = 0;
    const check = () => {
      looks++;
      return Promise.resolve([atStart, finding('copies', '1'), changed]);
    };
    const watch = new TopicWatch(check, [atStart], silentLogger, 1);
    watch.start();
    await waitUntil('a second look', () => looks > 1);
    watch.stop();
    expect(watch.conditions().map(({ reason }) => reason)).to.deep.equal([
      'topic events: retention.ms is 1, expected 3',
    ]);
  });
});
