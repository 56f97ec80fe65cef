import { expect } from 'chai';
import { StockClient } from '../producers/stockClient.ts';
import { type Processor, startProcessor } from '../src/cli/processor.ts';
import { levelAfter } from '../src/domain/stockLevel.ts';
import { topicsWithSchema } from '../src/messaging/registry/ownSchemas.ts';
import { registerSubjects } from '../src/messaging/registry/registerSubjects.ts';
import { RegistryClient } from '../src/messaging/registry/registryClient.ts';
import { FeedReader } from '../src/testing/feedReader.ts';
import type { PublishedOrderVerdict } from '../src/messaging/orderStockEventCodec.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import { type RegistryFixture, registryFixture } from '../src/testing/registryFixture.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OrderVerdicts } from './orderVerdicts.ts';
import { StockFeed } from './stockFeed.ts';

describe('stock client and feed with a schema registry', function () {
  this.timeout(180_000);
  let fixture: RegistryFixture;
  let onhand: TestInstallation;
  let processor: Processor;
  before(async function () {
    // The first run fetches the registry.
    this.timeout(300_000);
    fixture = await registryFixture();
    onhand = await testInstallation(fixture.settings);
    const { settings, topics } = onhand;
    await registerSubjects(new RegistryClient(settings), topicsWithSchema(topics));
    processor = await startProcessor(settings, silentLogger, (error) => {
      throw error;
    });
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
    await fixture?.close();
  });

  it('read levels and events that name their schema by its id', async () => {
    const client = new StockClient(onhand.settings, silentLogger);
    const reader = new FeedReader();
    const feed = new StockFeed(onhand.settings, silentLogger, {
      positions: [],
      onLevel: (level, position) => reader.take({ of: 'level', level, position }),
      onEvent: (event, position) =>
        reader.take({ of: 'event', level: levelAfter(event), position }),
      onGap: (gap) => reader.take({ of: 'gap', gap }),
      onFailed: ({ message }) => reader.take({ of: 'failure', message }),
    });
    await client.start();
    try {
      const first = await client.receive({ sku: 'tea', quantity: 5 });
      expect(first.event.onHandAfter).to.equal(5);
      await feed.start();
      expect(reader.levels.get('tea\nmain')).to.include({ onHand: 5, sequence: 1 });
      await client.reserve({ sku: 'tea', orderId: 'o-1', quantity: 2 });
      await waitUntil('the event', () => reader.events === 1);
      expect(reader.levels.get('tea\nmain')).to.include({ onHand: 5, reserved: 2, sequence: 2 });
      expect(reader).to.deep.include({ failures: [], gaps: [], repeats: 0 });
      const sent = await onhand.read('stockCommands');
      expect(
        sent.map(({ value }) => value?.[0]),
        'its commands name theirs, too',
      ).to.deep.equal(sent.map(() => 0));
    } finally {
      await client.close();
      await feed.stop();
    }
  });

  it('read verdicts on orders likewise', async () => {
    const { settings } = onhand;
    const taken: PublishedOrderVerdict[] = [];
    const fail = (error: Error) => {
      throw error;
    };
    const take = (verdicts: PublishedOrderVerdict[]) =>
      Promise.resolve(void taken.push(...verdicts));
    const reader = new OrderVerdicts(settings, silentLogger, 'shop', take, fail);
    await reader.start();
    try {
      await onhand.sendOrders([orderEventsFor('order-1').place({ tea: 1 })]);
      await waitUntil('the verdict', () => taken.length === 1);
      expect(taken[0]).to.include({ kind: 'OrderStockReserved', orderId: 'order-1' });
    } finally {
      await reader.stop();
    }
  });
});
