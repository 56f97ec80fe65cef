import { createHash } from 'node:crypto';
import { expect } from 'chai';
import kafkajs, { type Message } from 'kafkajs';
import { StockClient } from '../producers/stockClient.ts';
import type { Processor } from '../src/cli/processor.ts';
import { createKafka } from '../src/messaging/kafkaClient.ts';
import { partitionOf } from '../src/messaging/partitionOf.ts';
import { encodeStockCommand } from '../src/messaging/stockCommandCodec.ts';
import type { TopicRole } from '../src/messaging/topics.ts';
import { cliOf } from '../src/testing/cliOf.ts';
import { commandsFor } from '../src/testing/commandsFor.ts';
import { silentLogger } from '../src/testing/kafkaFixture.ts';
import { orderEventsFor } from '../src/testing/orderEventsFor.ts';
import { type TestInstallation, testInstallation } from '../src/testing/testInstallation.ts';
import { waitUntil } from '../src/testing/waitUntil.ts';
import { OrderVerdicts } from './orderVerdicts.ts';
import { StockFeed } from './stockFeed.ts';

const inflatedMax = 4_194_304;
const lane = partitionOf('tea', 3);

describe('batches that inflate to too much', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  let processor: Processor;
  let client: StockClient;
  before(async () => {
    onhand = await testInstallation({ ONHAND_KAFKA_INFLATED_BYTES_MAX: inflatedMax });
    processor = await onhand.startProcessor();
    client = new StockClient(onhand.settings, silentLogger);
    await client.start();
  });
  after(async () => {
    await client?.close();
    await processor?.stop();
    await onhand?.close();
  });
  const { cli, json, expectError } = cliOf(() => onhand);

  /** One batch, as a sender of any language may send it. */
  async function sendCompressed(role: TopicRole, messages: Message[]): Promise<void> {
    const producer = createKafka(onhand.settings, 'onhand-test', silentLogger).producer();
    await producer.connect();
    const topic = onhand.topics[role].name;
    await producer.send({ topic, messages, compression: kafkajs.CompressionTypes.GZIP });
    await producer.disconnect();
  }
  const bomb = (bytes: number): Message[] => {
    const value = encodeStockCommand(commandsFor('tea').receive(1000));
    return [
      { key: 'tea', value, partition: lane },
      { key: 'tea', value: Buffer.alloc(bytes), partition: lane },
    ];
  };
  const headersOf = async (role: TopicRole) => {
    return (await onhand.read(role)).map(({ headers }) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    );
  };

  it('are one dead letter each, and the lane goes on', async () => {
    await client.receive({ sku: 'tea', quantity: 1 });
    await sendCompressed('stockCommands', bomb(inflatedMax));
    await sendCompressed('orderEvents', bomb(inflatedMax));
    const { event } = await client.receive({ sku: 'tea', quantity: 2 });
    expect(event).to.include({ sequence: 2, onHandAfter: 3 });
    await onhand.sendOrders([orderEventsFor('o-1').place({ tea: 1 })]);
    await onhand.settled();
    expect((await onhand.verdicts()).map(({ kind }) => kind)).to.eql(['OrderStockReserved']);

    for (const [role, first] of [
      ['stockDeadLetter', 1],
      ['orderDeadLetter', 0],
    ] as const) {
      const [headers, ...more] = await headersOf(role);
      expect(more).to.eql([]);
      expect(headers).to.include({
        'onhand-reason': 'BATCH_TOO_LARGE',
        'onhand-partition': String(lane),
        'onhand-offset': String(first + 1),
        'onhand-batch': `2 records from offset ${first}`,
      });
      expect(headers!['onhand-message']).to.include(`more than ${inflatedMax} bytes`);
    }
  });

  it('are what verify, a rebuild, why and lag find, too', async () => {
    for (const command of [
      'replay verify',
      'replay rebuild --yes',
      'checkpoint create',
      'why o-1',
      'lag',
    ]) {
      const { code, stderr, stdout } = await cli(...command.split(' '));
      expect(code, `${command}: ${stdout}${stderr}`).to.equal(0);
    }
  });

  it('can be looked at and discarded, not sent again', async () => {
    const { letters } = (await json('dead-letter', 'list')) as { letters: { letter: string }[] };
    const [{ letter } = { letter: '' }] = letters;
    const { stdout } = await cli('dead-letter', 'show', letter);
    expect(stdout).to.match(/^lacks +2 records from offset \d+$/m);
    await expectError('DEAD_LETTER_PARTIAL', 'dead-letter', 'resend', letter, '--yes');
    await json('dead-letter', 'discard', letter, '--yes');
  });

  it('leave records that fit as letters that are cut, if no topic takes them', async () => {
    const value = Buffer.alloc(3_000_000, 'x');
    await sendCompressed('stockCommands', [{ key: 'tea', value, partition: lane }]);
    const { event } = await client.receive({ sku: 'tea', quantity: 4 });
    expect(event).to.include({ kind: 'StockReceived' });
    await onhand.settled();
    const letter = (await onhand.read('stockDeadLetter')).at(-1)!;
    expect(letter.value).to.have.length(100_000);
    const digest = createHash('sha256').update(value).digest('hex');
    expect(String(letter.headers['onhand-cut'])).to.equal(
      `value of 3000000 bytes, SHA-256 ${digest}`,
    );
    const { code, stdout, stderr } = await cli('replay', 'verify');
    expect(code, stdout + stderr).to.equal(0);
  });

  describe('and that somebody put among what is published', () => {
    before(async () => {
      for (const role of ['stockEvents', 'orderStock'] as const) {
        await sendCompressed(role, bomb(inflatedMax));
      }
    });

    it('do not keep a StockClient from its answers', async () => {
      const { event } = await client.receive({ sku: 'tea', quantity: 1 });
      expect(event).to.include({ kind: 'StockReceived' });
    });

    it('end a StockFeed by name', async () => {
      const positions = [0, 1, 2].map((partition) => ({ partition, offset: 0 }));
      const failures: unknown[] = [];
      const feed = new StockFeed(onhand.settings, silentLogger, {
        positions,
        ...{ onLevel: () => undefined, onEvent: () => undefined, onGap: () => undefined },
        onFailed: (error) => failures.push(error),
      });
      await feed.start();
      await waitUntil('the failure', () => failures.length > 0);
      await feed.stop();
      expect(failures).to.have.length(1);
      expect(failures[0]).to.include({ code: 'BATCH_TOO_LARGE' });
      expect(failures[0]).to.have.property('message').that.includes(onhand.topics.stockEvents.name);
    });

    it('end OrderVerdicts by name', async () => {
      const failures: unknown[] = [];
      const reader = new OrderVerdicts(
        onhand.settings,
        silentLogger,
        'verdicts',
        () => Promise.resolve(),
        (error) => failures.push(error),
      );
      await reader.start();
      await waitUntil('the failure', () => failures.length > 0);
      await reader.stop();
      expect(failures[0]).to.include({ code: 'BATCH_TOO_LARGE' });
    });

    it('are named by verify, and counted by history', async () => {
      const { code, stdout: proof } = await cli('replay', 'verify', '--engine', 'stock');
      expect(code).to.equal(1);
      expect(proof).to.include('BATCH_TOO_LARGE').and.include(onhand.topics.stockEvents.name);
      const { stdout } = await cli('history', 'tea');
      expect(stdout).to.include('StockReceived');
    });

    it('keep a StockFeed from starting, when they are among the levels', async () => {
      await sendCompressed('stockLevels', bomb(inflatedMax));
      const feed = new StockFeed(onhand.settings, silentLogger, {
        positions: [],
        ...{ onLevel: () => undefined, onEvent: () => undefined, onGap: () => undefined },
        onFailed: () => undefined,
      });
      const thrown = await feed.start().catch((error: unknown) => error);
      expect(thrown).to.include({ code: 'BATCH_TOO_LARGE' });
    });
  });
});
