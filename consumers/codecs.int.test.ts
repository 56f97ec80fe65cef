import { expect } from 'chai';
import kafkajs, { type KafkaMessage } from 'kafkajs';
import { StockClient } from '../producers/stockClient.ts';
import type { Processor } from '../src/cli/processor.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { encodeOrderEvent } from '../src/messaging/orderEventCodec.ts';
import { PartitionReader } from '../src/messaging/partitionReader.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import { cliOf } from '../src/testing/cliOf.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import {
  type Codec,
  type ForeignBatch,
  codecs,
  foreignSenders,
  sendForeign,
} from '../src/testing/senders/foreignSenders.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OrderVerdicts } from './orderVerdicts.ts';
import { StockFeed } from './stockFeed.ts';

const partitions = 3;
const fullBatch = 100;
/** By sender and codec, one item each. */
const skuOf = (sender: string, codec: string) => `${sender}-${codec}`;
const orderOf = (sender: string, codec: string) => `order-${sender}-${codec}`;

/**
 * Senders in Java and librdkafka with each codec, one record and full batches, to both engines;
 * then the broker compresses what the engines themselves send, with each codec in turn.
 */
describe('compressed batches', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let client: StockClient;
  before(async () => {
    onhand = await testInstallation({ ONHAND_PARTITIONS: partitions });
    processor = await onhand.startProcessor();
    client = new StockClient(onhand.settings, silentLogger);
    await client.start();
    for (const sender of foreignSenders) {
      const batches = codecs.flatMap((codec) => batchesOf(sender, codec));
      await sendForeign(sender, onhand.settings, batches);
    }
    await onhand.settled(60_000);
  });
  after(async () => {
    await client?.close();
    await processor?.stop();
    await onhand?.close();
  });

  function batchesOf(sender: string, codec: Codec): ForeignBatch[] {
    const sku = skuOf(sender, codec);
    const orderId = orderOf(sender, codec);
    const commands = Array.from({ length: fullBatch }, () => commandsFor(sku).receive(1));
    // Without a long name, librdkafka would find that one record is not worth it.
    const single = { ...commandsFor(sku).receive(10), commandId: `${sku}-${'x'.repeat(40)}` };
    const asRecords = (list: typeof commands) =>
      list.map((command) => ({ key: Buffer.from(sku), value: encodeStockCommand(command) }));
    const placed = encodeOrderEvent(orderEventsFor(orderId).place({ [sku]: 3 }));
    const junk = { key: Buffer.from(sku), value: Buffer.from('no command '.repeat(20)) };
    const stock = { codec, topic: onhand.topics.stockCommands.name };
    const partition = partitionOf(sku, partitions);
    return [
      { ...stock, partition, records: asRecords([single]) },
      { ...stock, partition, records: asRecords(commands) },
      { ...stock, partition, records: [junk] },
      {
        codec,
        topic: onhand.topics.orderEvents.name,
        partition: partitionOf(orderId, partitions),
        records: [{ key: Buffer.from(orderId), value: placed }],
      },
    ];
  }

  /** The codecs of the batches in a topic, as its records tell. */
  async function codecsIn(topic: string): Promise<Set<string>> {
    const bounds = await onhand.admin.fetchTopicOffsets(topic);
    const reader = new PartitionReader(createKafka(onhand.settings, 'onhand-test', silentLogger));
    await reader.connect();
    const found = new Set<string>();
    for (const { partition, low, high } of bounds) {
      for await (const records of reader.read(topic, partition, Number(low), Number(high))) {
        for (const record of records as (KafkaMessage & { batchContext: { codec: string } })[]) {
          found.add(record.batchContext.codec);
        }
      }
    }
    await reader.disconnect();
    return found;
  }

  it('are applied by both engines, whoever sent them', async () => {
    expect(await codecsIn(onhand.topics.stockCommands.name)).to.include.keys(...codecs);
    const events = await onhand.events();
    for (const sender of foreignSenders) {
      for (const codec of codecs) {
        const last = events.filter(({ sku }) => sku === skuOf(sender, codec)).at(-1);
        expect(last, `${sender}, ${codec}`).to.include({
          ...{ kind: 'StockReserved', sequence: fullBatch + 2 },
          ...{ onHandAfter: fullBatch + 10, reservedAfter: 3 },
        });
      }
    }
    const verdicts = (await onhand.verdicts()).map(({ kind }) => kind);
    expect(verdicts).to.eql(Array.from({ length: 8 }, () => 'OrderStockReserved'));
    expect(await onhand.read('stockDeadLetter')).to.have.length(8);
  });

  describe('that the broker makes of what is published', () => {
    const topics = () => Object.values(onhand.topics).map(({ name }) => name);
    before(async () => {
      for (const codec of codecs) {
        await compress(codec);
        const sku = skuOf('java', codec);
        const { event } = await client.receive({ sku, quantity: 1 });
        expect(event).to.include({ kind: 'StockReceived', onHandAfter: fullBatch + 11 });
        await onhand.sendOrders([orderEventsFor(`late-${codec}`).place({ [sku]: 1 })]);
        const lane = partitionOf(sku, partitions);
        await onhand.sendRaw([{ key: sku, value: 'junk', partition: lane }]);
        await onhand.settled();
      }
    });

    async function compress(codec: Codec): Promise<void> {
      await onhand.admin.alterConfigs({
        validateOnly: false,
        resources: Object.values(onhand.topics).map(({ name, configs }) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          // What is not named here goes back to the broker's default.
          configEntries: Object.entries({ ...configs, 'compression.type': codec }).map(
            ([setting, value]) => ({ name: setting, value }),
          ),
        })),
      });
      await waitUntil(`compression by ${codec}`, async () => {
        const { resources } = await onhand.admin.describeConfigs({
          includeSynonyms: false,
          resources: topics().map((name) => ({
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name,
            configNames: ['compression.type'],
          })),
        });
        return resources.every(({ configEntries: [entry] }) => entry?.configValue === codec);
      });
    }

    const { cli, json } = cliOf(() => onhand);

    it('are there, in every topic', async () => {
      for (const topic of topics()) {
        const found = await codecsIn(topic);
        if (topic === onhand.topics.orderDeadLetter.name) continue;
        expect(found, topic).to.include.keys(...codecs);
      }
    });

    it('are read by a StockFeed, from levels and from the first event', async () => {
      const levels = new Set<string>();
      await feed(
        (options) => ({ ...options, groupId: `${onhand.settings.ONHAND_TOPIC_PREFIX}f` }),
        {
          onLevel: ({ sku }) => void levels.add(sku),
        },
      );
      expect(levels).to.have.length(8);
      const all = (await onhand.events()).length;
      let events = 0;
      const positions = Array.from({ length: partitions }, (_, partition) => {
        return { partition, offset: 0 };
      });
      await feed(
        (options) => ({ ...options, positions }),
        { onEvent: () => void events++ },
        () => events >= all,
      );
      expect(events).to.equal(all);
    });

    it('are read by OrderVerdicts', async () => {
      const seen = new Set<string>();
      const failures: Error[] = [];
      const reader = new OrderVerdicts(
        onhand.settings,
        silentLogger,
        'verdicts',
        (verdicts) => {
          for (const { orderId } of verdicts) seen.add(orderId);
          return Promise.resolve();
        },
        (error) => failures.push(error),
      );
      await reader.start();
      await waitUntil('all verdicts', () => seen.size === 12 || failures.length > 0);
      await reader.stop();
      expect(failures).to.eql([]);
    });

    for (const command of [
      'lag',
      'replay verify',
      'checkpoint create',
      'replay rebuild --yes',
      'why order-java-zstd',
      'history java-lz4',
      'level java-snappy --at 5',
      'replay what-if --reservation-ttl 60',
    ]) {
      it(`are read by onhand ${command}`, async () => {
        const { code, stderr, stdout } = await cli(...command.split(' '));
        expect(code, `${command}: ${stdout}${stderr}`).to.equal(0);
      });
    }

    it('are read by onhand dead-letter, which can send them again', async () => {
      const { letters } = (await json('dead-letter', 'list')) as { letters: { letter: string }[] };
      expect(letters).to.have.length(12);
      await json('dead-letter', 'resend', letters[0]!.letter, '--yes');
    });

    async function feed(
      choose: (options: FeedOptions) => ConstructorParameters<typeof StockFeed>[2],
      handlers: Partial<FeedOptions>,
      isDone: () => boolean = () => true,
    ): Promise<void> {
      const failures: Error[] = [];
      const options: FeedOptions = {
        onLevel: () => undefined,
        onEvent: () => undefined,
        onGap: () => undefined,
        onFailed: (error) => failures.push(error),
        ...handlers,
      };
      const reader = new StockFeed(onhand.settings, silentLogger, choose(options));
      await reader.start();
      await waitUntil('the end of the feed', () => isDone() || failures.length > 0);
      await reader.stop();
      expect(failures).to.eql([]);
    }
  });
});

type FeedOptions = Pick<
  ConstructorParameters<typeof StockFeed>[2],
  'onLevel' | 'onEvent' | 'onGap' | 'onFailed'
>;
