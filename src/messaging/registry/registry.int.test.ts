import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import { type Processor, startProcessor } from '../../cli/processor.ts';
import type { HealthReport } from '../../ops/healthReport.ts';
import { commandsFor } from '../../testing/commandsFor.ts';
import { silentLogger } from '../../testing/kafkaFixture.ts';
import { readWithConfluentClient } from '../../testing/readWithConfluentClient.ts';
import { type RegistryFixture, registryFixture } from '../../testing/registryFixture.ts';
import {
  type ReadRecord,
  type TestInstallation,
  testInstallation,
} from '../../testing/testInstallation.ts';
import { waitUntil } from '../../testing/waitUntil.ts';
import { holds, verifyEngines } from '../../verify/verifyEngines.ts';
import { OrderEventProducer } from '../../../producers/orderEventProducer.ts';
import { decodeOrderEvent } from '../orderEventCodec.ts';
import { decodeOrderStockEvent } from '../orderStockEventCodec.ts';
import { parseAvroSchema } from '../avroSchema.ts';
import { partitionOf } from '../partitionOf.ts';
import { encodeSingleObject } from '../singleObject.ts';
import {
  decodeStockCommand,
  encodeStockCommand,
  stockCommandSchema,
} from '../stockCommandCodec.ts';
import { decodeStockEvent, stockEventSchema } from '../stockEventCodec.ts';
import type { TopicRole } from '../topics.ts';
import { decodeStockLevel } from '../stockLevelCodec.ts';
import { schemaIdOf, toConfluent } from './confluentFraming.ts';
import { openRegistry } from './openRegistry.ts';
import { topicsWithSchema } from './ownSchemas.ts';
import { prepareRegistry } from './prepareRegistry.ts';
import { registerSubjects } from './registerSubjects.ts';
import { RegistryClient } from './registryClient.ts';
import type { SchemaRegistry } from './schemaRegistry.ts';
import { subjectOf } from './subjectCheck.ts';

/** What another team might have registered for its own program: less, more and another kind. */
const foreignSchema = (field: string) => ({
  type: 'record',
  name: 'StockCommand',
  namespace: 'onhand',
  fields: [
    { name: field, type: 'string' },
    { name: 'sku', type: 'string' },
    { name: 'commandId', type: 'string' },
    {
      name: 'body',
      type: [
        { type: 'record', name: 'BurnStock', fields: [{ name: 'ash', type: 'long' }] },
        { type: 'record', name: 'ReceiveStock', fields: [{ name: 'quantity', type: 'int' }] },
      ],
    },
  ],
});

describe('schema registry', function () {
  this.timeout(180_000);
  let fixture: RegistryFixture;
  let installation: TestInstallation;
  let processor: Processor;
  let registry: SchemaRegistry;

  const idOf = async (name: string) => {
    const client = new RegistryClient(installation.settings);
    const [version = 0] = await client.versions(name);
    return (await client.version(name, version))?.id ?? 0;
  };
  const readPlain = async (role: 'stockEvents' | 'stockLevels') =>
    registry.plainRecords(await installation.read(role));
  const events = async () =>
    (await readPlain('stockEvents')).map(({ value }) => decodeStockEvent(value));
  const receivedOf = async (sku: string) =>
    (await events()).filter((event) => event.kind === 'StockReceived' && event.sku === sku);
  const sendTo = (sku: string, value: Buffer) =>
    installation.sendRaw([{ key: sku, value, partition: partitionOf(sku, 3) }]);
  const deadLetters = async () => installation.read('stockDeadLetter');
  const deadLetter = async (value: Buffer) => {
    let found: ReadRecord | undefined;
    const isThere = async () => {
      found = (await deadLetters()).find((record) => record.value?.equals(value));
      return found !== undefined;
    };
    await waitUntil('the dead letter, as received', isThere);
    return found?.headers['onhand-reason']?.toString();
  };
  const foreign = async (field: string, sku: string, body: object) => {
    const schema = foreignSchema(field);
    const id = await fixture.register(`another-team-${field}`, schema);
    const value = { [field]: 'Z9', sku, commandId: `${field}-${sku}`, body };
    return toConfluent(encodeSingleObject(parseAvroSchema(JSON.stringify(schema)), value), id);
  };

  before(async function () {
    // The first run fetches the registry and the Python client.
    this.timeout(300_000);
    fixture = await registryFixture();
    await fixture.put('/config', { compatibility: 'FULL_TRANSITIVE' });
    installation = await testInstallation(fixture.settings);
    const { settings, topics } = installation;
    await registerSubjects(new RegistryClient(settings), topicsWithSchema(topics));
    registry = openRegistry(settings)!;
    processor = await installation.startProcessor();
  });
  after(async () => {
    await processor?.stop();
    await installation?.close();
    await fixture?.close();
  });

  it('reads commands in either encoding, and names the schema of its events by id', async () => {
    const { receive, reserve } = commandsFor('tea');
    const { name } = installation.topics.stockCommands;
    await installation.send([receive(10)]);
    const framed = toConfluent(encodeStockCommand(reserve('o-1', 3)), await idOf(subjectOf(name)));
    await sendTo('tea', framed);
    await installation.settled();
    const records = await installation.read('stockEvents');
    const id = await idOf(subjectOf(installation.topics.stockEvents.name));
    expect(id).to.be.greaterThan(0);
    expect(records.map(({ value }) => schemaIdOf(value))).to.deep.equal([id, id]);
    expect((await events()).map(({ kind }) => kind)).to.deep.equal([
      'StockReceived',
      'StockReserved',
    ]);
  });

  it('reads commands that are written with a schema of somebody else', async () => {
    const body = { 'onhand.ReceiveStock': { quantity: 7 } };
    await sendTo('cup', await foreign('warehouse', 'cup', body));
    await waitUntil('the event', async () => (await receivedOf('cup')).length === 1);
    expect((await receivedOf('cup'))[0]).to.include({ location: 'main', onHandAfter: 7 });
  });

  it('keeps single-object encoded bytes in MySQL', async () => {
    const [rows] = await installation.pool.query<(RowDataPacket & { header: string })[]>(
      `SELECT DISTINCT HEX(LEFT(value, 10)) AS header FROM outbox WHERE kind = 'event'`,
    );
    const header = `C301${stockEventSchema.fingerprint.toString('hex').toUpperCase()}`;
    expect(rows.map((row) => row.header)).to.deep.equal([header]);
  });

  it('is read by the Python client of Confluent', async () => {
    const { settings, topics } = installation;
    const byPython = await readWithConfluentClient(settings, topics.stockEvents.name);
    const ours = (await events()).map((event) => ({ ...event }));
    expect(byPython).to.have.length(ours.length).and.not.be.empty;
    for (const { key, value } of byPython) {
      const { body, ...head } = value;
      const own = ours.find(({ eventId }) => eventId === head.eventId);
      const { kind, ...fields } = own!;
      expect(kind).to.be.a('string');
      expect({ ...head, ...(body as object) }).to.deep.equal(fields);
      expect(key).to.equal(head.sku);
    }
    const levels = await readWithConfluentClient(settings, topics.stockLevels.name);
    const ownLevels = (await readPlain('stockLevels')).map(({ value }) => decodeStockLevel(value));
    const values = levels.map(({ value }) => JSON.stringify(value)).sort();
    expect(values).to.deep.equal(ownLevels.map((level) => JSON.stringify(level)).sort());
  });

  it('frames what the engines tell each other, and their verdicts', async () => {
    const { settings, topics } = installation;
    const orders = new OrderEventProducer(settings, silentLogger);
    try {
      await orders.placeOrder({ orderId: 'o-2', lines: [{ sku: 'tea', quantity: 2 }] });
      let verdicts: ReadRecord[] = [];
      const hasVerdict = async () => {
        verdicts = await installation.read('orderStock');
        return verdicts.length > 0;
      };
      await waitUntil('the verdict', hasVerdict);
      const [verdict] = await registry.plainRecords(verdicts);
      expect(decodeOrderStockEvent(verdict!.value).kind).to.equal('OrderStockReserved');
      const told = async (role: TopicRole, isTold: (value: Buffer | null) => boolean) => {
        const records = await installation.read(role);
        const plain = await registry.plainRecords(records);
        const ids = records.filter((_, index) => isTold(plain[index]!.value));
        return new Set(ids.map(({ value }) => schemaIdOf(value)));
      };
      const idsOf = async (role: TopicRole) => new Set([await idOf(subjectOf(topics[role].name))]);
      // What this test sends itself is neither a reply nor asks for one.
      const asks = await told('stockCommands', (value) => {
        const command = decodeStockCommand(value);
        return 'reply' in command && command.reply === true;
      });
      expect(asks).to.deep.equal(await idsOf('stockCommands'));
      const replies = await told('orderEvents', (value) => {
        return decodeOrderEvent(value).kind === 'StockReply';
      });
      expect(replies).to.deep.equal(await idsOf('orderEvents'));
      expect(await told('orderStock', () => true)).to.deep.equal(await idsOf('orderStock'));
    } finally {
      await orders.disconnect();
    }
  });

  it('makes dead letters, as received, of what names no schema or holds no command', async () => {
    const { name } = installation.topics.stockCommands;
    const whole = toConfluent(
      encodeStockCommand(commandsFor('tea').receive(1)),
      await idOf(subjectOf(name)),
    );
    const unknownId = Buffer.concat([Buffer.from('00000f4240', 'hex'), whole.subarray(5)]);
    const broken = whole.subarray(0, 12);
    const unknownKind = await foreign('warehouse', 'tea', { 'onhand.BurnStock': { ash: 1 } });
    for (const value of [unknownId, broken, unknownKind]) await sendTo('tea', value);
    expect(await deadLetter(unknownId)).to.equal('UNKNOWN_SCHEMA');
    expect(await deadLetter(broken)).to.equal('BROKEN_BODY');
    expect(await deadLetter(unknownKind)).to.equal('UNKNOWN_KIND');
    await installation.settled();
  });

  it('waits for a registry that is away, in the lane that needs it only', async () => {
    const body = { 'onhand.ReceiveStock': { quantity: 5 } };
    const value = await foreign('region', 'pot', body);
    const lane = partitionOf('pot', 3);
    const other = ['a', 'b', 'c', 'd', 'e'].find((sku) => partitionOf(sku, 3) !== lane)!;
    const { length } = await deadLetters();
    const problems = async () => {
      const response = await fetch(`${processor.url}/health`);
      return ((await response.json()) as HealthReport).problems;
    };
    fixture.freeze();
    try {
      await sendTo('pot', value);
      await installation.send([commandsFor('pot').receive(1), commandsFor(other).receive(1)]);
      // Its schema is known, so that these reads need no registry.
      await waitUntil('the other lane', async () => (await receivedOf(other)).length === 1);
      expect(await receivedOf('pot')).to.deep.equal([]);
      await waitUntil('a problem', async () => (await problems()).length > 0, 60_000);
      const [problem, ...others] = await problems();
      expect(problem).to.include({ engine: 'stock', lane, state: 'claimed' });
      expect(problem?.code).to.match(/^SCHEMA_REGISTRY_/);
      expect(others).to.deep.equal([]);
    } finally {
      fixture.thaw();
    }
    await installation.settled();
    expect(await problems()).to.deep.equal([]);
    const received = await receivedOf('pot');
    expect(received.map(({ onHandAfter }) => onHandAfter)).to.deep.equal([5, 6]);
    expect(await deadLetters()).to.have.length(length);
  });

  it('verifies tables and events against the log', async () => {
    const verification = await verifyEngines(installation.settings);
    expect(verification.findings).to.deep.equal([]);
    expect(holds(verification)).to.be.true;
  });

  it('can be prepared for writing: its ids are those of our schemas', async () => {
    const { settings, topics } = installation;
    const prepared = await prepareRegistry(settings, topics);
    const bytes = encodeStockCommand(commandsFor('tea').receive(1));
    const framed = prepared!.framed(bytes);
    expect(schemaIdOf(framed)).to.equal(await idOf(subjectOf(topics.stockCommands.name)));
    expect(prepared!.plain(framed)).to.deep.equal(bytes);
    expect(stockCommandSchema.fingerprint.equals(bytes.subarray(2, 10))).to.be.true;
    const none = { ...settings, ONHAND_SCHEMA_REGISTRY_URL: undefined };
    expect(await prepareRegistry(none, topics)).to.equal(undefined);
  });

  it('can be taken into use, or out of it, by an installation with a history', async () => {
    await processor.stop();
    const { settings } = installation;
    const without = { ...settings, ONHAND_SCHEMA_REGISTRY_URL: undefined };
    processor = await startProcessor(without, silentLogger, (error) => {
      throw error;
    });
    const value = encodeStockCommand(commandsFor('jar').receive(4));
    await installation.sendRaw([{ key: 'jar', value, partition: partitionOf('jar', 3) }]);
    await installation.settled();
    const headers = (await installation.read('stockEvents')).map(({ value }) => value![0]);
    expect(new Set(headers)).to.deep.equal(new Set([0x00, 0xc3]));
    await processor.stop();
    processor = await installation.startProcessor();
    await installation.send([commandsFor('jar').reserve('o-3', 1)]);
    await installation.settled();
    const kinds = (await events()).flatMap(({ sku, kind }) => (sku === 'jar' ? [kind] : []));
    expect(kinds).to.deep.equal(['StockReceived', 'StockReserved']);
    expect(holds(await verifyEngines(settings))).to.be.true;
  });
});
