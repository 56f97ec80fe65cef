import { expect } from 'chai';
import kafkajs from 'kafkajs';
import type { HealthReport } from '../src/ops/healthReport.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';

describe('a topic that takes less than it did', function () {
  this.timeout(180_000);

  it('leaves its lane not ready after a while, with the reason, until it takes more', async () => {
    const onhand = await testInstallation({ ONHAND_PARTITIONS: 1, ONHAND_STALLED_SECONDS: 1 });
    const { name } = onhand.topics.stockDeadLetter;
    const processor = await onhand.startProcessor();
    const setBytes = (value: string) =>
      onhand.admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name,
            configEntries: [{ name: 'max.message.bytes', value }],
          },
        ],
      });
    const unpublished = async () => {
      const answer = await fetch(`${processor.url}/health`);
      const { problems } = (await answer.json()) as HealthReport;
      return problems.find(({ code }) => code === 'ROWS_NOT_PUBLISHED');
    };
    try {
      await setBytes('2000');
      const junk = { key: 'tea', value: Buffer.alloc(5000, 'x'), partition: 0 };
      await onhand.send([commandsFor('tea').receive(1)]);
      await onhand.sendRaw([junk]);
      await onhand.send([commandsFor('tea').receive(2)]);
      const named = async () =>
        (await unpublished())?.reason.includes('max.message.bytes') ?? false;
      await waitUntil('the condition', named);
      const condition = (await unpublished())!;
      expect(condition).to.include({ engine: 'stock', lane: 0, state: 'condition' });
      expect(condition.reason).to.include(`2 rows are not on Kafka: ${name} refuses a record of`);
      // What is before it is there, whatever was to go out with it.
      expect((await onhand.events()).map(({ kind }) => kind)).to.deep.equal(['StockReceived']);
      expect((await fetch(`${processor.url}/health/ready`)).status).to.equal(503);

      await setBytes('1179648');
      await onhand.settled();
      await waitUntil('the end of the condition', async () => !(await unpublished()));
      expect(await onhand.read('stockDeadLetter')).to.have.length(1);
      expect(await onhand.events()).to.have.length(2);
    } finally {
      await processor.stop();
      await onhand.close();
    }
  });
});
