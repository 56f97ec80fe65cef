import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { checkTopics } from '../../messaging/topicCheck.ts';
import type { HealthReport } from '../../ops/healthReport.ts';
import { silentLogger } from '../../testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../../testing/testInstallation.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { type Processor, startProcessor } from '../processor.ts';
import { TopicWatch } from './topicWatch.ts';

describe('topics whose settings are changed while all runs', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  beforeEach(async () => {
    onhand = await testInstallation();
  });
  afterEach(() => onhand?.close());

  async function set(name: string, value: string): Promise<void> {
    await onhand.admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: onhand.topics.stockCommands.name,
          configEntries: [{ name, value }],
        },
      ],
    });
  }

  it('are a condition of a running processor, by name, until they are mended', async () => {
    const processor: Processor = await startProcessor(onhand.settings, silentLogger, (error) => {
      throw error;
    });
    const changed = async () => {
      const report = (await (await fetch(`${processor.url}/health`)).json()) as HealthReport;
      return report.problems.filter(({ code }) => code === 'TOPIC_CHANGED');
    };
    try {
      // kafkajs' request replaces all settings of the topic: the time stamps, and those left out.
      await set('message.timestamp.type', 'CreateTime');
      await waitUntil('the condition', async () => (await changed()).length > 0);
      const reasons = (await changed()).map(({ reason }) => reason);
      expect(reasons).to.include(
        `topic ${onhand.topics.stockCommands.name}: message.timestamp.type is CreateTime, ` +
          'expected LogAppendTime',
      );
      await set('message.timestamp.type', 'LogAppendTime');
      await waitUntil('its end', async () => {
        return !(await changed()).some(({ reason }) => reason.includes('timestamp'));
      });
    } finally {
      await processor.stop();
    }
  });

  it('say nothing of what was so at the start, but of a retention that got too short', async () => {
    await set('message.timestamp.type', 'CreateTime');
    const check = () => checkTopics(onhand.admin, onhand.topics);
    const watch = new TopicWatch(check, await check(), silentLogger, 20);
    watch.start();
    try {
      await set('retention.ms', '3600000');
      await waitUntil('the condition', () => watch.conditions().length > 0);
      const [condition] = watch.conditions();
      expect(condition).to.include({ code: 'TOPIC_CHANGED' });
      expect(condition!.reason).to.include('retention.ms is 3600000, expected 604800000');
      expect(condition!.hint).to.include('COMMANDS_LOST');
    } finally {
      watch.stop();
    }
  });
});
