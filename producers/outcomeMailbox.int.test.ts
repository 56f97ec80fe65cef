import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Processor } from '../src/cli/processor.ts';
import { busyOf } from '../src/testing/busyOf.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { ThrowawayRedis } from '../src/testing/throwawayRedis.ts';
import { StockClient, type StockClientOptions } from './stockClient.ts';

describe('the mailbox of outcomes', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let onhand: TestInstallation;
  let processor: Processor;
  const clients: StockClient[] = [];
  before(async () => {
    redis = await ThrowawayRedis.start();
    onhand = await testInstallation({
      ...redis.settings,
      ONHAND_REDIS_PASSWORD: undefined,
      ONHAND_VIEW: true,
    });
    processor = await onhand.startProcessor();
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await processor?.stop();
    await onhand?.close();
    await redis?.close();
  });

  async function newClient(options: StockClientOptions): Promise<StockClient> {
    const client = new StockClient(onhand.settings, silentLogger, options);
    clients.push(client);
    await client.start();
    return client;
  }

  async function trimEvents(): Promise<void> {
    await onhand.settled();
    const topic = onhand.topics.stockEvents.name;
    const ends = await onhand.admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await onhand.admin.deleteTopicRecords({ topic, partitions });
  }

  it('has the outcome that is no longer on stock.events, if its sender asked for it', async () => {
    const asks = [true, false].map((mailbox) => {
      return { mailbox, ask: { commandId: randomUUID(), sku: 'tea', quantity: 5 } };
    });
    const outcomes = [];
    for (const { mailbox, ask } of asks) {
      const first = await newClient({ mailbox });
      outcomes.push(await first.receive(ask));
    }
    const [asked, other] = asks.map(({ ask }) => ask);
    await trimEvents();
    const without = await newClient({ deadlineMs: 500 });
    expect((await busyOf(without.receive(asked!))).mayBeDecided).to.be.true;

    const later = await newClient({ deadlineMs: 2000, mailbox: true });
    expect(await later.receive(asked!)).to.deep.equal(outcomes[0]);
    expect((await busyOf(later.receive(other!))).mayBeDecided).to.be.true;
    // What lies there under the id is no answer to another body.
    const reused = await later.receive({ ...asked!, quantity: 6 });
    expect(reused).to.include({ reason: 'COMMAND_ID_REUSED' });
    // The refusal shows that nothing was received by repeating.
    expect(reused.event).to.include({ sequence: 3, onHandAfter: 10 });
  });
});
