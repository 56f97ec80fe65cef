import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { KafkaMessage } from 'kafkajs';
import { readTopic } from '../../consumers/readTopic.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { topicMetadata } from '../messaging/topicMetadata.ts';
import { findTarget } from '../replay/eventsTarget.ts';
import { runCli } from '../testing/cliChild.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectOneError } from '../testing/expectOneError.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { orderEventsFor } from '../testing/orderEventsFor.ts';
import { settingsEnv } from '../testing/settingsEnv.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';

interface Told {
  partition: number;
  offset: number;
  key: string;
  event: { kind: string; eventId: string };
  value: string;
}

describe('onhand replay events', function () {
  this.timeout(120_000);
  let onhand: TestInstallation;
  const targets: string[] = [];
  before(async () => {
    onhand = await testInstallation();
    const processor = await onhand.startProcessor();
    const skus = ['tea', 'cup', 'pot', 'jug', 'can'];
    await onhand.send(skus.map((sku) => commandsFor(sku).receive(9)));
    await onhand.send(skus.map((sku) => commandsFor(sku).reserve('o-1', 10)));
    await onhand.sendOrders([orderEventsFor('o-2').place({ tea: 1, cup: 2 })]);
    await onhand.settled();
    await processor.stop();
  });
  after(async () => {
    await onhand?.admin.deleteTopics({ topics: targets });
    await onhand?.close();
  });

  const newTarget = () => {
    targets.push(`${onhand.settings.ONHAND_TOPIC_PREFIX}copy-${randomBytes(4).toString('hex')}`);
    return targets.at(-1)!;
  };
  const events = (...args: string[]) =>
    runCli(['replay', 'events', ...args], settingsEnv(onhand.settings));
  const expectError = async (code: Parameters<typeof expectOneError>[1], ...args: string[]) => {
    expectOneError(await events(...args), code, settingsEnv(onhand.settings));
  };
  const told = async (...args: string[]): Promise<Told[]> => {
    const { code, stdout, stderr } = await events('--json', ...args);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Told] : []));
  };
  /** Records by partition, without their offsets: those differ between topics. */
  const recordsOf = async (topic: string) => {
    const found = new Map<
      number,
      Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'timestamp'>[]
    >();
    await readTopic(onhand.settings, silentLogger, onhand.admin, topic, (partition, records) => {
      const list = found.get(partition) ?? [];
      found.set(partition, list);
      for (const { key, value, headers, timestamp } of records) {
        list.push({ key, value, headers: headers ?? {}, timestamp });
      }
    });
    return found;
  };

  it('sends the originals again, byte by byte, each to its partition', async () => {
    const source = onhand.topics.stockEvents.name;
    const target = newTarget();
    const dry = await events('--to-topic', target, '--create');
    expect(dry.stdout).to.match(/would be created\n\d+ events would be sent .* --yes sends them/);
    expect(await topicMetadata(onhand.admin, target)).to.be.undefined;

    const { code, stdout } = await events('--to-topic', target, '--create', '--yes');
    expect({ code, stdout }).to.deep.include({ code: 0 });
    expect(stdout).to.match(/12 events sent from/);
    expect(await recordsOf(target)).to.deep.equal(await recordsOf(source));
  });

  it('places them by key where the target has another number of partitions', async () => {
    const target = newTarget();
    const topics = [{ topic: target, numPartitions: 2, replicationFactor: 1 }];
    await onhand.admin.createTopics({ topics, waitForLeaders: true });
    await events('--to-topic', target, '--sku', 'tea', 'cup', '--yes');
    const copied = await recordsOf(target);
    const values = (sku: string) =>
      [...copied].flatMap(([partition, records]) =>
        records.flatMap(({ key, value }) => (String(key) === sku ? [{ partition, value }] : [])),
      );
    for (const sku of ['tea', 'cup']) {
      const partition = partitionOf(sku, 2);
      const original = (await told('--sku', sku)).map(({ value }) => {
        return { partition, value: Buffer.from(value, 'base64') };
      });
      expect(original).to.have.length(3);
      expect(values(sku)).to.deep.equal(original);
    }
    expect(values('pot')).to.deep.equal([]);
  });

  it('chooses by partition, kind, offset and time', async () => {
    const all = await told();
    expect(all).to.have.length(12);
    const kind = 'CommandRejected';
    const refused = all.filter(({ event }) => event.kind === kind);
    expect(await told('--kind', kind))
      .to.deep.equal(refused)
      .and.have.length(5);
    const partition = partitionOf('tea', 3);
    const here = all.filter((one) => one.partition === partition);
    const [, second, third] = here;
    const range = ['--from', String(second!.offset), '--to', String(third!.offset)];
    expect(await told('--partition', String(partition), ...range)).to.deep.equal([second]);
    const soon = new Date(Date.now() - 60_000).toISOString();
    expect(await told('--from', soon)).to.deep.equal(all);
    await expectError('RANGE_INVALID', '--to', soon);
  });

  it('prints verdicts of orders, too', async () => {
    const [verdict, ...others] = await told('--engine', 'order', '--order', 'o-2');
    expect(verdict).to.include({ key: 'o-2' });
    expect(verdict?.event).to.include({ kind: 'OrderStockReserved' });
    expect(others).to.deep.equal([]);
    const { stdout } = await events('--engine', 'order');
    expect(stdout).to.match(/ o-2 +│ +1 │ OrderStockReserved │ e-\d+ +│/);
  });

  it('refuses what cannot be read, and topics of its own', async () => {
    const { admin, topics } = onhand;
    for (const { name } of Object.values(topics)) {
      const refused = await findTarget(admin, topics, name, { partitionCount: 3 }, true).catch(
        (error: unknown) => error,
      );
      expect(refused).to.include({ code: 'TOPIC_OWN' });
    }
    await expectError('TOPIC_OWN', '--to-topic', topics.stockCommands.name, '--yes');
    await expectError('TOPIC_MISSING', '--to-topic', 'nobody-has-it', '--yes');
    await expectError('PARTITION_UNKNOWN', '--partition', '3');
    await expectError('KIND_UNKNOWN', '--kind', 'StockReservd');
    await expectError('RANGE_INVALID', '--from', '1');
    await expectError('RANGE_INVALID', '--partition', '0', '--from', '2', '--to', '1');
    await expectError('RANGE_BEYOND_LOG', '--partition', '0', '--from', '500');
    const reversed = ['--from', '2025-02-01', '--to', '2025-01-01'];
    await expectError('RANGE_INVALID', ...reversed);
  });

  it('says what retention has deleted', async () => {
    const partition = partitionOf('tea', 3);
    const [first] = await told('--partition', String(partition));
    const offset = String(first!.offset + 1);
    const topic = onhand.topics.stockEvents.name;
    await onhand.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] });
    await expectError('LOG_CUT', '--partition', String(partition), '--from', 'start');
    const left = await told('--partition', String(partition));
    expect(left).not.to.deep.include(first);
    expect(left).not.to.be.empty;
    const sku = first!.key;
    const { stdout } = await runCli(['history', sku], settingsEnv(onhand.settings));
    expect(stdout).to.match(/the 1 events before them are not in/);
  });
});
