import { expect } from 'chai';
import { readTopic } from '../../consumers/readTopic.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { topicsWithSchema } from '../messaging/registry/ownSchemas.ts';
import { prepareRegistry } from '../messaging/registry/prepareRegistry.ts';
import { RegistryClient } from '../messaging/registry/registryClient.ts';
import { registerSubjects } from '../messaging/registry/registerSubjects.ts';
import { encodeStockCommand } from '../messaging/stockCommandCodec.ts';
import { cliOf } from '../testing/cliOf.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { type RegistryFixture, registryFixture } from '../testing/registryFixture.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';

const lane = partitionOf('tea', 3);
const foreign = (lane + 1) % 3;

describe('commands on logs whose records name their schema by its id in a registry', function () {
  this.timeout(120_000);
  let fixture: RegistryFixture;
  let onhand: TestInstallation;
  before(async function () {
    // The first run fetches the registry.
    this.timeout(300_000);
    fixture = await registryFixture();
    onhand = await testInstallation(fixture.settings);
    const { settings, topics } = onhand;
    await registerSubjects(new RegistryClient(settings), topicsWithSchema(topics));
    const registry = (await prepareRegistry(settings, topics))!;
    const { receive } = commandsFor('tea');
    const framed = (quantity: number) => registry.framed(encodeStockCommand(receive(quantity)));
    const processor = await onhand.startProcessor();
    await onhand.sendRaw([
      { key: 'tea', value: framed(5), partition: lane },
      { key: 'tea', value: framed(7), partition: foreign },
    ]);
    await onhand.settled();
    await processor.stop();
  });
  after(async () => {
    await onhand?.close();
    await fixture?.close();
  });

  const { cli, json } = cliOf(() => onhand);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli(...args);
    expect({ code, stderr: code === 0 ? '' : stderr }).to.deep.equal({ code: 0, stderr: '' });
    return stdout;
  };
  const valuesIn = async (topic: string) => {
    const values: (Buffer | null)[] = [];
    const take = (_: number, records: { value: Buffer | null }[]) =>
      void values.push(...records.map(({ value }) => value));
    await readTopic(onhand.settings, silentLogger, onhand.admin, topic, take);
    return values;
  };

  it('replay events reads them, and sends them again byte by byte', async () => {
    const [line, ...more] = (await run('replay', 'events', '--json')).trim().split('\n');
    const told = JSON.parse(line ?? '') as { event: { kind: string; onHandAfter: number } };
    expect(told.event).to.include({ kind: 'StockReceived', onHandAfter: 5 });
    expect(more).to.deep.equal([]);

    const target = `${onhand.settings.ONHAND_TOPIC_PREFIX}copy`;
    await run('replay', 'events', '--to-topic', target, '--create', '--yes');
    const [copied] = await valuesIn(target);
    expect(copied?.[0], 'the mark of an id').to.equal(0);
    expect([copied]).to.deep.equal(await valuesIn(onhand.topics.stockEvents.name));
    await onhand.admin.deleteTopics({ topics: [target] });
  });

  it('dead-letter reads one and resends it to where its SKU belongs', async () => {
    const { letters } = (await json('dead-letter', 'list')) as {
      letters: { letter: string; reason: string }[];
    };
    expect(letters.map(({ reason }) => reason)).to.deep.equal(['WRONG_PARTITION']);
    const shown = await json('dead-letter', 'show', letters[0]!.letter);
    expect(shown).to.have.nested.include({ 'message.kind': 'ReceiveStock' });
    await run('dead-letter', 'resend', '--all', '--yes');

    const processor = await onhand.startProcessor();
    await onhand.settled();
    await processor.stop();
    const events = (await run('replay', 'events', '--json')).trim().split('\n');
    expect(JSON.parse(events.at(-1)!)).to.have.nested.include({ 'event.onHandAfter': 12 });
    await run('replay', 'verify');
  });
});
